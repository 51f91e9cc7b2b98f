-- How many sessions of each length each value occurs in; a session counts once for each of its values.
SELECT field, value, duration_ms, single, sum(sessions) AS sessions
FROM (
  SELECT 'browser_family' AS field, browser_family AS value, duration_ms, single, sessions
  FROM by_kind INNER JOIN kinds USING (kind)
  UNION ALL
  SELECT 'os_family' AS field, os_family AS value, duration_ms, single, sessions
  FROM by_kind INNER JOIN kinds USING (kind)
  UNION ALL
  SELECT 'device_family' AS field, device_family AS value, duration_ms, single, sessions
  FROM by_kind INNER JOIN kinds USING (kind)
  UNION ALL
  SELECT field, value, duration_ms, 0 AS single, count(*) AS sessions
  FROM (
    SELECT DISTINCT visitor, session, duration_ms, 'browser_family' AS field, browser_family AS value FROM mixed
    UNION ALL
    SELECT DISTINCT visitor, session, duration_ms, 'os_family' AS field, os_family AS value FROM mixed
    UNION ALL
    SELECT DISTINCT visitor, session, duration_ms, 'device_family' AS field, device_family AS value FROM mixed
  ) AS occurring
  GROUP BY field, value, duration_ms
) AS counted
GROUP BY field, value, duration_ms, single
