-- The dataset and the live events in one table. Its first eight columns are the dataset's (src/events/event.ts); the
-- others say where a live event came from and are NULL in loaded rows, which costs those eight bytes a row. Beside it
-- in a table of their own they would cost each live event a second row and a second index entry.

CREATE TYPE product AS ENUM ('accessories', 'clothes', 'electronics', 'sneakers', 'sports_nutrition');
CREATE TYPE site_version AS ENUM ('desktop', 'mobile');
CREATE TYPE title AS ENUM ('banner_show', 'banner_click', 'order');

CREATE TABLE settings (
  name text PRIMARY KEY,
  value text NOT NULL
);
COMMENT ON TABLE settings IS 'facts about this database: time_zone, whose midnight the rollups of days use';

CREATE TABLE events (
  order_id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  page_id uuid NOT NULL,
  product product NOT NULL,
  site_version site_version NOT NULL,
  "time" timestamptz NOT NULL,
  title title NOT NULL,
  target smallint NOT NULL CHECK (target = CASE WHEN title = 'order' THEN 1 ELSE 0 END),
  "partition" integer,
  "offset" bigint,
  appended_at timestamptz,
  stored_at timestamptz,
  topic text,
  context jsonb
) PARTITION BY RANGE (order_id);
-- Always one partition, of all ids: the loader fills the next one aside, indexes it late, and puts it in this one's
-- place in an instant (docs/decisions/dataset-load.md). Names, views and grants on events stay what they are.
CREATE TABLE events_0 PARTITION OF events FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
COMMENT ON COLUMN events.appended_at IS 'timestamp of the record in Kafka';
COMMENT ON COLUMN events.stored_at IS 'when its transaction in Postgres wrote it';
COMMENT ON COLUMN events.context IS 'what only live events have: client, visitor, item';

-- Ingest: Postgres is the authority on offsets. An offset means something on one cluster only: the same topic on
-- another one starts at its own beginning.
CREATE TABLE consumer_offsets (
  cluster_id text NOT NULL,
  consumer_group text NOT NULL,
  topic text NOT NULL,
  "partition" integer NOT NULL,
  next_offset bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (cluster_id, consumer_group, topic, "partition")
);

CREATE TABLE dead_letters (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster_id text NOT NULL,
  topic text NOT NULL,
  "partition" integer NOT NULL,
  "offset" bigint NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  key bytea,
  payload bytea,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (cluster_id, topic, "partition", "offset")
);

-- Files and samples that were loaded into events.
CREATE TABLE loads (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  sample boolean NOT NULL,
  bytes bigint,
  sha256 text,
  rows bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
