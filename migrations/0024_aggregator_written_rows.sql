-- Sessions and flushed rows are written a hundred thousand at a time, always in a transaction that holds their definition's row:
-- a foreign key, looked up for each of them, would find it each time. The deletion of a definition deletes them itself.

ALTER TABLE aggregator_sessions DROP CONSTRAINT aggregator_sessions_definition_fkey;
ALTER TABLE aggregator_results DROP CONSTRAINT aggregator_results_definition_fkey;
ALTER TABLE aggregator_results DROP CONSTRAINT aggregator_results_run_fkey;
