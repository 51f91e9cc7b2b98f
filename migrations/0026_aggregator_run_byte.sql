-- A run that goes on in a large CSV file begins to read where it had come to, not at the file's beginning.

ALTER TABLE aggregator_runs ADD COLUMN byte bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN aggregator_runs.byte IS 'where in the file the row behind the position begins; 0: not known';
