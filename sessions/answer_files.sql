-- Answer 1: sessions of each file; a session is its first event's file's, and a file without one has 0.
SELECT files.name AS file, coalesce(opened.sessions, 0) AS sessions
FROM files
LEFT JOIN (
  SELECT file, count(*) AS sessions
  FROM steps CROSS JOIN settings
  WHERE gap_ms IS NULL OR gap_ms >= settings.gap_limit_ms
  GROUP BY file
) AS opened ON opened.file = files.file
