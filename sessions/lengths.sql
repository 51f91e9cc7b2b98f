-- How long each session of `numbered` is, from its first event to its last.
SELECT visitor, session, max(sent_ms) - min(sent_ms) AS duration_ms
FROM numbered
GROUP BY visitor, session
