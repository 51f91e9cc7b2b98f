-- Answer 3: the median length of the sessions of each value in seconds, exact: of an even number of sessions the mean of
-- the two in the middle. Lengths are counted by whole seconds first; only those of the seconds around the middle are sorted.
WITH by_second AS (
  SELECT field, value, floor(duration_ms / 1000.0) AS second, sum(sessions) AS sessions
  FROM by_value CROSS JOIN settings
  WHERE settings.with_single = 1 OR single = 0
  GROUP BY field, value, floor(duration_ms / 1000.0)
),
ranked AS (
  SELECT
    field,
    value,
    second,
    sessions,
    sum(sessions) OVER (
      PARTITION BY field, value ORDER BY second
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS up_to,
    sum(sessions) OVER (PARTITION BY field, value) AS total
  FROM by_second
),
middle AS (
  SELECT field, value, second, up_to - sessions AS before, total
  FROM ranked
  WHERE 2 * up_to >= total AND 2 * (up_to - sessions) < total + 1 + (total + 1) % 2
),
around AS (
  SELECT
    middle.field,
    middle.value,
    duration_ms,
    total,
    min(before) OVER (PARTITION BY middle.field, middle.value) + sum(sessions) OVER (
      PARTITION BY middle.field, middle.value ORDER BY duration_ms
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS up_to
  FROM middle
  INNER JOIN by_value
    ON by_value.field = middle.field AND by_value.value = middle.value
    AND floor(by_value.duration_ms / 1000.0) = middle.second
  CROSS JOIN settings
  WHERE settings.with_single = 1 OR single = 0
)
SELECT
  field,
  value,
  CAST(
    min(CASE WHEN 2 * up_to >= total THEN duration_ms END)
    + min(CASE WHEN 2 * up_to >= total + 1 + (total + 1) % 2 THEN duration_ms END) AS DOUBLE
  ) / 2000 AS seconds
FROM around
GROUP BY field, value
