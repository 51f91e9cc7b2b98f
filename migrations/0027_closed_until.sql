-- Live sessions in two thirds of the room. Whether one is open is no column any more, but a comparison: all that were over at one
-- instant have been closed, and that instant is kept once. So no index has to list the open ones, and closing a session is an update
-- within its page, as an event's is. The length takes four bytes where the end took eight, and what is NULL in nearly all rows takes
-- none: a row has eight columns, whose NULLs fit into the byte that its header leaves free. The index by visitor has a quarter of a
-- million values, so that the rows of a value share an entry: eight hours at 500 events/s are seven rows a value, among which
-- the visitor's id decides. What ended lately is found by page ranges.

CREATE TABLE session_rows (
  user_id uuid NOT NULL,
  started_ms bigint NOT NULL,
  lasted_ms integer,
  id integer NOT NULL,
  events integer NOT NULL,
  revision integer NOT NULL,
  long_ms bigint,
  marks "char"
) WITH (fillfactor = 96);
COMMENT ON TABLE session_rows IS 'live sessions; the view sessions has their times as such';
COMMENT ON COLUMN session_rows.started_ms IS 'milliseconds since 1970';
COMMENT ON COLUMN session_rows.id IS 'of its visitor; ids come again after two thousand million sessions';
COMMENT ON COLUMN session_rows.long_ms IS 'in place of lasted_ms where that is too small: beyond 24 days';
COMMENT ON COLUMN session_rows.marks IS 'r: a robot''s; s: a simulated visitor''s; b: both; NULL: neither';

-- One row: sessions whose gap had passed at this instant are closed.
CREATE TABLE sessions_closed_until (
  ms bigint NOT NULL,
  one boolean PRIMARY KEY DEFAULT true CHECK (one)
);
-- Below the first that is open; what is closed and ends later is closed once more.
INSERT INTO sessions_closed_until (ms)
SELECT coalesce((extract(epoch FROM min(ended_at)) * 1000)::bigint + 1800000 - 1, (extract(epoch FROM now()) * 1000)::bigint)
FROM sessions WHERE open;

INSERT INTO session_rows
SELECT user_id, start, CASE WHEN length < 2147483648 THEN length END, id, events, revision,
  CASE WHEN length >= 2147483648 THEN length END,
  CASE WHEN robot AND simulated THEN 'b' WHEN robot THEN 'r' WHEN simulated THEN 's' END
FROM (
  SELECT *, (extract(epoch FROM started_at) * 1000)::bigint AS start,
    ((extract(epoch FROM ended_at) - extract(epoch FROM started_at)) * 1000)::bigint AS length
  FROM sessions
) AS old ORDER BY start;
DROP TABLE sessions;

CREATE INDEX session_rows_of_visitors ON session_rows ((uuid_hash(user_id) & 262143));
CREATE INDEX session_rows_by_time ON session_rows USING brin (started_ms, (started_ms + coalesce(long_ms, lasted_ms)))
  WITH (autosummarize = on, pages_per_range = 32);

CREATE VIEW sessions AS
SELECT id, user_id, coalesce(marks IN ('r', 'b'), false) AS robot, coalesce(marks IN ('s', 'b'), false) AS simulated,
  to_timestamp(started_ms / 1000.0) AS started_at,
  to_timestamp((started_ms + coalesce(long_ms, lasted_ms)) / 1000.0) AS ended_at,
  events, revision,
  started_ms + coalesce(long_ms, lasted_ms) + 1800000 > (SELECT ms FROM sessions_closed_until) AS open
FROM session_rows;
COMMENT ON COLUMN sessions.ended_at IS 'the time of its last event';
COMMENT ON COLUMN sessions.open IS 'an event could still come in time; a late one may open it again';
