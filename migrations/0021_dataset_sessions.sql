-- Sessions of loaded files, by the half hour in which they began. They are found by the queries of sessions/*.sql, which read all
-- loaded events once a load (src/sessions/dataset/count.ts): no load waits for it, and a load that was killed leaves nothing half.

CREATE TABLE dataset_half_hours (
  half_hour timestamptz PRIMARY KEY,
  sessions integer NOT NULL,
  single integer NOT NULL,
  events integer NOT NULL,
  duration_ms bigint NOT NULL
);
COMMENT ON COLUMN dataset_half_hours.single IS 'sessions of one event';
COMMENT ON COLUMN dataset_half_hours.events IS 'of all sessions that began in it, whenever they happened';
COMMENT ON COLUMN dataset_half_hours.duration_ms IS 'of all of them together, each from its first event to its last';

CREATE TABLE dataset_sessions_counted (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  loads bigint[] NOT NULL DEFAULT '{}',
  counted_at timestamptz
);
COMMENT ON COLUMN dataset_sessions_counted.loads IS 'whose sessions dataset_half_hours has; others than the finished ones of loads: it is counted anew';
INSERT INTO dataset_sessions_counted DEFAULT VALUES;
