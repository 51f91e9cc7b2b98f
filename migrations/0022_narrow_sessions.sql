-- Live sessions in half the room. Three indexes were larger than the table, and each event moved entries in two of them: what is
-- left is one by visitor, of whose id four bytes are enough to find the few rows among which the id itself decides, one of a few
-- pages by the time of the beginning, and one of the open sessions alone. Only the last event's time and the counts change while
-- a session goes on, and no index has them, so that an update stays within its page, where room for four rows is enough: of a
-- hundred in it, one is updated in two seconds at 500 events/s, and what an update leaves behind is room again. Sessions that
-- were merged into others have a table of their own: they are few, and without them no column is NULL, which would cost each row
-- eight bytes.

ALTER SEQUENCE session_ids AS integer CYCLE;

ALTER TABLE sessions RENAME TO wide_sessions;

CREATE TABLE sessions (
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  id integer NOT NULL,
  events integer NOT NULL,
  revision integer NOT NULL,
  user_id uuid NOT NULL,
  robot boolean NOT NULL,
  simulated boolean NOT NULL,
  open boolean NOT NULL
) WITH (fillfactor = 96);
COMMENT ON COLUMN sessions.ended_at IS 'the time of its last event';
COMMENT ON COLUMN sessions.id IS 'of its visitor; ids come again after two thousand million sessions';
COMMENT ON COLUMN sessions.open IS 'an event could still come in time; a late one may open it again';

CREATE TABLE merged_sessions (
  id integer NOT NULL,
  user_id uuid NOT NULL,
  merged_into integer NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN merged_sessions.merged_into IS 'the session that a late event has made of it and another one; that one may be merged, too';

INSERT INTO sessions
SELECT started_at, ended_at, id, events, revision, user_id, robot, simulated, closed_at IS NULL
FROM wide_sessions WHERE merged_into IS NULL ORDER BY started_at;
INSERT INTO merged_sessions
SELECT id, user_id, merged_into, revision FROM wide_sessions WHERE merged_into IS NOT NULL;
DROP TABLE wide_sessions;

CREATE UNIQUE INDEX sessions_of_visitors ON sessions (uuid_hash(user_id), id);
CREATE INDEX sessions_by_start ON sessions USING brin (started_at) WITH (autosummarize = on, pages_per_range = 32);
CREATE INDEX sessions_open ON sessions (started_at) WHERE open;

-- Revisions on their way, as columns: the record is made of them when it is sent.
ALTER TABLE session_revisions RENAME TO wide_revisions;
ALTER TABLE wide_revisions RENAME CONSTRAINT session_revisions_pkey TO wide_revisions_pkey;
CREATE TABLE session_revisions (
  seq bigint PRIMARY KEY,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  late_by_ms bigint NOT NULL,
  session_id integer NOT NULL,
  revision integer NOT NULL,
  events integer NOT NULL,
  merged_into integer,
  user_id uuid NOT NULL,
  robot boolean NOT NULL,
  closed boolean NOT NULL,
  because text NOT NULL
);
INSERT INTO session_revisions
SELECT seq, r.* FROM wide_revisions, jsonb_to_record(body) AS r (
  started_at timestamptz, ended_at timestamptz, late_by_ms bigint, session_id integer, revision integer, events integer,
  merged_into integer, user_id uuid, robot boolean, closed boolean, because text);
ALTER TABLE session_revisions ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('session_revisions', 'seq'), max(seq)) FROM wide_revisions HAVING max(seq) IS NOT NULL;
DROP TABLE wide_revisions;

-- What is old is looked for once in ten minutes, and a table that is read whole then takes less than an index that each click changes.
DROP INDEX behaviour_states_by_age;
DROP INDEX behaviour_log_by_age;
CREATE INDEX behaviour_log_by_age ON behaviour_log USING brin (written_at) WITH (autosummarize = on);
