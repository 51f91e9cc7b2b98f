-- Open sessions are written many thousand times a second. A number finds one sooner than the three texts of its key, and an
-- update that changes no indexed column leaves the indexes alone (heap-only tuple): the day of the last update is
-- indexed in place of its millisecond.

DROP INDEX aggregator_sessions_by_age;
ALTER TABLE aggregator_sessions SET (fillfactor = 60);
ALTER TABLE aggregator_sessions ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE aggregator_sessions ADD COLUMN updated_day date NOT NULL DEFAULT '-infinity';
UPDATE aggregator_sessions SET updated_day = (updated_at AT TIME ZONE 'UTC')::date;
ALTER TABLE aggregator_sessions ALTER COLUMN updated_day DROP DEFAULT;
CREATE UNIQUE INDEX aggregator_sessions_by_id ON aggregator_sessions (id);
CREATE INDEX aggregator_sessions_by_day ON aggregator_sessions (updated_day);
COMMENT ON COLUMN aggregator_sessions.updated_day IS 'of updated_at, in UTC';
