-- Why a definition does not run at the moment, for the page and the API; null where it does.

ALTER TABLE aggregator_definitions ADD COLUMN failure json;
ALTER TABLE aggregator_definitions ADD COLUMN failed_at timestamptz;
