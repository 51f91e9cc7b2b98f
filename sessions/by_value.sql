-- How many sessions of each length each value occurs in; a session counts once for each of its values.
SELECT field, value, duration_ms, single, count(*) AS sessions
FROM (
  SELECT field, value, duration_ms, 0 AS single
  FROM (
    SELECT DISTINCT visitor, session, 'browser_family' AS field, browser_family AS value FROM numbered
    UNION ALL
    SELECT DISTINCT visitor, session, 'os_family' AS field, os_family AS value FROM numbered
    UNION ALL
    SELECT DISTINCT visitor, session, 'device_family' AS field, device_family AS value FROM numbered
  ) AS occurring
  INNER JOIN lengths USING (visitor, session)
) AS longer
GROUP BY field, value, duration_ms, single
UNION ALL
SELECT 'browser_family', browser_family, 0, 1, count(*) FROM single GROUP BY browser_family
UNION ALL
SELECT 'os_family', os_family, 0, 1, count(*) FROM single GROUP BY os_family
UNION ALL
SELECT 'device_family', device_family, 0, 1, count(*) FROM single GROUP BY device_family
