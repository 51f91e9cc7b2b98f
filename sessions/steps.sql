-- Each event of `events` with the time from its visitor's event before it and to the one after it, and whether it `turns`: is of
-- another kind (browser, system and device together) than the one before it.
-- Ties: time, then file. Nothing here is DuckDB's or Spark's alone.
SELECT
  visitor,
  sent_ms,
  file,
  kind,
  sent_ms - lag(sent_ms) OVER visits AS gap_ms,
  (lead(sent_ms) OVER visits) - sent_ms AS next_gap_ms,
  CASE WHEN kind = lag(kind) OVER visits THEN 0 ELSE 1 END AS turns
FROM events
WINDOW visits AS (PARTITION BY visitor ORDER BY sent_ms, file)
