-- Each session with its visitor, its first and last event's time, and its number of events.
SELECT visitor, session, min(sent_ms) AS started_ms, max(sent_ms) AS ended_ms, count(*) AS events
FROM (
  SELECT
    visitor,
    sent_ms,
    sum(CASE WHEN gap_ms IS NULL OR gap_ms >= gap_limit_ms THEN 1 ELSE 0 END) OVER (
      PARTITION BY visitor ORDER BY sent_ms, file
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS session
  FROM steps CROSS JOIN settings
) AS counted
GROUP BY visitor, session
