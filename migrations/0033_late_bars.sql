-- Which half hours of sessions late events have changed after they were over, and how many did. A row for each such half hour: few,
-- and in no way of the sessions themselves.
CREATE TABLE late_session_bars (
  from_ms bigint NOT NULL,
  marks "char" NOT NULL,
  late integer NOT NULL,
  PRIMARY KEY (from_ms, marks)
);
COMMENT ON COLUMN late_session_bars.from_ms IS 'when the half hour begins, in milliseconds since 1970';
COMMENT ON COLUMN late_session_bars.marks IS 'whose sessions: as in session_rows, and - for neither';
COMMENT ON COLUMN late_session_bars.late IS 'events that Kafka had after its end, and by which it has a session more or fewer';
