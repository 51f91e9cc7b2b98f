-- How long each session of `numbered` is, from its first event to its last, and whether all its events are of one kind.
SELECT
  visitor,
  session,
  max(sent_ms) - min(sent_ms) AS duration_ms,
  min(kind) AS kind,
  max(kind) AS other_kind
FROM numbered
GROUP BY visitor, session
