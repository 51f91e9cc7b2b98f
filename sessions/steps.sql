-- Each event of `events` with the time from its visitor's event before it and to the one after it.
-- Ties: time, then file. Nothing here is DuckDB's or Spark's alone.
SELECT
  visitor,
  sent_ms,
  file,
  browser_family,
  os_family,
  device_family,
  sent_ms - lag(sent_ms) OVER visits AS gap_ms,
  (lead(sent_ms) OVER visits) - sent_ms AS next_gap_ms
FROM events
WINDOW visits AS (PARTITION BY visitor ORDER BY sent_ms, file)
