// Two jobs for Debezium: the fields that it reads of an event, and the table that it writes. Both read the records that ingest
// reads; neither does all of ingest's work (rollups, offsets, dead letters, the record's origin).

type Kind = { readonly schema: { readonly type: string }; readonly sql: string };

/** Debezium's semantic types, whose texts it casts to the column's type. */
const UUID: Kind = { schema: named('io.debezium.data.Uuid'), sql: 'uuid' };
const TIME: Kind = { schema: named('io.debezium.time.ZonedTimestamp'), sql: 'timestamptz' };
const TEXT: Kind = { schema: { type: 'string' }, sql: 'text' };
const SMALLINT: Kind = { schema: { type: 'int16' }, sql: 'smallint' };
const BOOLEAN: Kind = { schema: { type: 'boolean' }, sql: 'boolean' };

function named(name: string) {
  return { type: 'string', name, version: 1 };
}

const FIELDS = {
  order_id: UUID,
  user_id: UUID,
  page_id: UUID,
  product: TEXT,
  site_version: TEXT,
  time: TIME,
  title: TEXT,
  target: SMALLINT,
} as const satisfies Record<string, Kind>;

/** Fields of the context in the events of topic.ts. */
const CONTEXT = {
  ip: TEXT,
  user_agent: TEXT,
  bot: BOOLEAN,
  referrer: TEXT,
  gender: TEXT,
  item: TEXT,
  received_at: TIME,
} as const satisfies Record<string, Kind>;

export type Job = {
  readonly table: string;
  /** Column definitions for CREATE TABLE. */
  readonly columns: string;
  /** The converter's `schema.content` (KIP-1054). */
  readonly schema: object;
  /** Settings of the connector that only this job needs. */
  readonly settings: Readonly<Record<string, string>>;
};

const struct = (kinds: Readonly<Record<string, Kind>>) => ({
  type: 'struct',
  optional: false,
  fields: Object.entries(kinds).map(([field, { schema }]) => ({ field, optional: false, ...schema })),
});

const columns = (kinds: Readonly<Record<string, Kind>>, prefix = '') =>
  Object.entries(kinds).map(([name, { sql }]) => `"${prefix}${name}" ${sql} NOT NULL`);
const KEY = 'PRIMARY KEY (order_id)';

/** The dataset's eight columns alone, the smallest job; the converter skips the rest of a record. */
export const FIELDS_ONLY: Job = {
  table: 'debezium_fields',
  columns: [...columns(FIELDS), KEY].join(', '),
  schema: struct(FIELDS),
  settings: {},
};

/** All of a record, the context in columns, as Connect has no transform that makes a jsonb of it. */
export const WHOLE_EVENTS: Job = {
  table: 'debezium_events',
  columns: [...columns(FIELDS), ...columns(CONTEXT, 'context_'), KEY].join(', '),
  schema: {
    ...struct(FIELDS),
    fields: [...struct(FIELDS).fields, { field: 'context', ...struct(CONTEXT) }],
  },
  settings: {
    transforms: 'flatten',
    'transforms.flatten.type': 'org.apache.kafka.connect.transforms.Flatten$Value',
    'transforms.flatten.delimiter': '_',
  },
};
