-- How many sessions of each length each kind has, of those whose events are all of one kind.
SELECT kind, 0 AS duration_ms, 1 AS single, count(*) AS sessions
FROM single
GROUP BY kind
UNION ALL
SELECT kind, duration_ms, 0 AS single, count(*) AS sessions
FROM lengths
WHERE kind = other_kind
GROUP BY kind, duration_ms
