-- Sessions of visitors on the live stream: a visitor's events without a gap of 30 minutes. They are changed, never only added:
-- a late event makes one longer, or two into one. Robots' events have sessions of their own.

CREATE SEQUENCE session_ids AS bigint;

CREATE TABLE sessions (
  id bigint PRIMARY KEY,
  user_id uuid NOT NULL,
  robot boolean NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  events integer NOT NULL,
  revision integer NOT NULL,
  closed_at timestamptz,
  merged_into bigint REFERENCES sessions (id)
);
COMMENT ON COLUMN sessions.ended_at IS 'the time of its last event';
COMMENT ON COLUMN sessions.closed_at IS 'when no event could come in time any more; a late one may open it again';
COMMENT ON COLUMN sessions.merged_into IS 'the session that a late event has made of it and another one';
CREATE INDEX sessions_of_visitors ON sessions (user_id, ended_at) WHERE merged_into IS NULL;
CREATE INDEX sessions_by_start ON sessions (started_at) WHERE merged_into IS NULL;
CREATE INDEX sessions_to_close ON sessions (ended_at) WHERE closed_at IS NULL AND merged_into IS NULL;

-- Revisions on their way to the topic `sessions`, in its order; they go once Kafka has them.
CREATE TABLE session_revisions (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body jsonb NOT NULL
);
