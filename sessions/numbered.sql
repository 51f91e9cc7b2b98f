-- Of all other sessions the events that say something of them, each with the number of its session among its visitor's: the
-- first, the last, and those that turn. Of events at one time in one file the one that opens the session comes first.
SELECT
  visitor,
  sum(opens) OVER (
    PARTITION BY visitor ORDER BY sent_ms, file, opens DESC
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS session,
  sent_ms,
  kind
FROM (
  SELECT
    steps.*,
    CASE WHEN gap_ms IS NULL OR gap_ms >= settings.gap_limit_ms THEN 1 ELSE 0 END AS opens
  FROM steps CROSS JOIN settings
  WHERE (gap_ms < settings.gap_limit_ms OR next_gap_ms < settings.gap_limit_ms)
    AND (
      turns = 1
      OR gap_ms IS NULL OR gap_ms >= settings.gap_limit_ms
      OR next_gap_ms IS NULL OR next_gap_ms >= settings.gap_limit_ms
    )
) AS telling
