-- The events of `steps` that are a session of their own: nothing of them has to be sorted again.
SELECT kind
FROM steps CROSS JOIN settings
WHERE (gap_ms IS NULL OR gap_ms >= settings.gap_limit_ms)
  AND (next_gap_ms IS NULL OR next_gap_ms >= settings.gap_limit_ms)
