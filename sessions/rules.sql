-- Each event of `steps`, and which rules open a session with it. Days and half hours are UTC's.
--   ours      30 minutes (the setting) or more since the event before
--   flink     more than that: windows of a session that touch are merged, so an exact gap opens nothing
--   spark     session_window merges as Flink does
--   midnight  ours, and at each midnight
--   original  ours, but the first event of a visitor opens none where it is within the gap of 1970
--   quix      a visitor in a half hour of the clock is a session
SELECT
  visitor,
  sent_ms,
  file,
  gap_ms,
  CASE WHEN gap_ms IS NULL OR gap_ms >= gap_limit_ms THEN 1 ELSE 0 END AS ours,
  CASE WHEN gap_ms IS NULL OR gap_ms > gap_limit_ms THEN 1 ELSE 0 END AS flink,
  CASE WHEN gap_ms IS NULL OR gap_ms > gap_limit_ms THEN 1 ELSE 0 END AS spark,
  CASE
    WHEN gap_ms IS NULL OR gap_ms >= gap_limit_ms THEN 1
    WHEN floor(sent_ms / 86400000.0) > floor((sent_ms - gap_ms) / 86400000.0) THEN 1
    ELSE 0
  END AS midnight,
  CASE WHEN coalesce(gap_ms, sent_ms) >= gap_limit_ms THEN 1 ELSE 0 END AS original,
  CASE
    WHEN gap_ms IS NULL THEN 1
    WHEN floor(sent_ms / 1800000.0) > floor((sent_ms - gap_ms) / 1800000.0) THEN 1
    ELSE 0
  END AS quix
FROM steps CROSS JOIN settings
