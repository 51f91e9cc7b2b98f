-- How many sessions there would be with other gaps, from one pass.
SELECT
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 60000 THEN 1 ELSE 0 END) AS minutes_1,
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 300000 THEN 1 ELSE 0 END) AS minutes_5,
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 600000 THEN 1 ELSE 0 END) AS minutes_10,
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 900000 THEN 1 ELSE 0 END) AS minutes_15,
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 1800000 THEN 1 ELSE 0 END) AS minutes_30,
  sum(CASE WHEN gap_ms IS NULL OR gap_ms >= 3600000 THEN 1 ELSE 0 END) AS minutes_60
FROM steps
