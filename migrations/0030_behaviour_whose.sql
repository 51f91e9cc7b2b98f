-- Moves of real visitors and of simulated ones are told apart, as on every other live panel. Robots are never moved.
ALTER TABLE behaviour_log ADD COLUMN simulated boolean NOT NULL DEFAULT false;
CREATE INDEX behaviour_log_of_real_visitors ON behaviour_log (seq) WHERE NOT simulated;
