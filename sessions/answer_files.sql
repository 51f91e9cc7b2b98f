-- Answer 1: sessions of each file; a session is its first event's file's, and a file without one has 0.
SELECT files.name AS file, coalesce(sum(opened.sessions), 0) AS sessions
FROM files
LEFT JOIN (
  SELECT file, count(*) AS sessions FROM single GROUP BY file
  UNION ALL
  SELECT file, sum(opens) AS sessions FROM numbered GROUP BY file
) AS opened ON opened.file = files.file
GROUP BY files.name
