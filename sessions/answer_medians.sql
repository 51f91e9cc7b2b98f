-- Answer 3: the median length of the sessions of each value in seconds, exact: of an even number of sessions the mean of
-- the two in the middle. Lengths that occur often are counted, not repeated.
SELECT
  field,
  value,
  CAST(
    min(CASE WHEN 2 * up_to >= total THEN duration_ms END)
    + min(CASE WHEN 2 * up_to >= total + 1 + (total + 1) % 2 THEN duration_ms END) AS DOUBLE
  ) / 2000 AS seconds
FROM (
  SELECT
    field,
    value,
    duration_ms,
    sum(sessions) OVER (
      PARTITION BY field, value ORDER BY duration_ms
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS up_to,
    sum(sessions) OVER (PARTITION BY field, value) AS total
  FROM (
    SELECT field, value, duration_ms, sum(sessions) AS sessions
    FROM by_value CROSS JOIN settings
    WHERE settings.with_single = 1 OR single = 0
    GROUP BY field, value, duration_ms
  ) AS counted
) AS ranked
GROUP BY field, value
