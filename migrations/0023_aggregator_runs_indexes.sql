-- The deletion of a run looks for its rows, and a run that goes on reads them in their order: neither walks through all of
-- the rows of all definitions.

CREATE INDEX aggregator_results_by_run ON aggregator_results (run, seq) WHERE run IS NOT NULL;
CREATE INDEX aggregator_set_aside_by_run ON aggregator_set_aside (run, seq) WHERE run IS NOT NULL;
