-- Each session with its visitor, its first and last event's time, and its number of events.
-- Of events at one time in one file the one that opens the session comes first, as in `numbered`.
SELECT visitor, session, min(sent_ms) AS started_ms, max(sent_ms) AS ended_ms, count(*) AS events
FROM (
  SELECT
    visitor,
    sent_ms,
    sum(opens) OVER (
      PARTITION BY visitor ORDER BY sent_ms, file, opens DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS session
  FROM (
    SELECT
      steps.*,
      CASE WHEN gap_ms IS NULL OR gap_ms >= settings.gap_limit_ms THEN 1 ELSE 0 END AS opens
    FROM steps CROSS JOIN settings
  ) AS opened
) AS counted
GROUP BY visitor, session
