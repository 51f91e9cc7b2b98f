-- The Data Aggregator: definitions with all their versions, open sessions, what was flushed, runs over files, and what was
-- set aside. Values that come from records are json, not jsonb: that type refuses U+0000 and lone surrogates.

CREATE TABLE aggregator_definitions (
  name text PRIMARY KEY,
  version integer NOT NULL,
  paused boolean NOT NULL DEFAULT false,
  revision bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN aggregator_definitions.revision IS
  'counts the transactions that changed its sessions; whoever finds another than its own reads them anew';

CREATE TABLE aggregator_versions (
  definition text NOT NULL REFERENCES aggregator_definitions (name) ON DELETE CASCADE,
  version integer NOT NULL,
  body json NOT NULL,
  grouping text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (definition, version)
);

CREATE TABLE aggregator_sessions (
  definition text NOT NULL REFERENCES aggregator_definitions (name) ON DELETE CASCADE,
  grouping text NOT NULL,
  key text NOT NULL,
  version integer NOT NULL,
  state json NOT NULL,
  updated_at timestamptz NOT NULL,
  due_at timestamptz,
  PRIMARY KEY (definition, grouping, key)
);
CREATE INDEX aggregator_sessions_by_due ON aggregator_sessions (definition, grouping, due_at);
CREATE INDEX aggregator_sessions_by_age ON aggregator_sessions (updated_at);

CREATE TABLE aggregator_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  definition text NOT NULL REFERENCES aggregator_definitions (name) ON DELETE CASCADE,
  version integer NOT NULL,
  inputs json NOT NULL,
  clock timestamptz NOT NULL,
  file integer NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  records bigint NOT NULL DEFAULT 0,
  set_aside bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  delivered_at timestamptz
);
COMMENT ON COLUMN aggregator_runs.file IS 'the place among the inputs of the file that is being read';
COMMENT ON COLUMN aggregator_runs.position IS 'the last line or element of it whose record is in the sessions';
CREATE UNIQUE INDEX aggregator_runs_unfinished ON aggregator_runs (definition) WHERE delivered_at IS NULL;

CREATE TABLE aggregator_results (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  definition text NOT NULL REFERENCES aggregator_definitions (name) ON DELETE CASCADE,
  run bigint REFERENCES aggregator_runs (id) ON DELETE CASCADE,
  row json NOT NULL,
  flushed_at timestamptz NOT NULL,
  forwarded_at timestamptz
);
CREATE INDEX aggregator_results_by_definition ON aggregator_results (definition, seq);

CREATE TABLE aggregator_set_aside (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  definition text NOT NULL REFERENCES aggregator_definitions (name) ON DELETE CASCADE,
  run bigint REFERENCES aggregator_runs (id) ON DELETE CASCADE,
  source text NOT NULL,
  position bigint NOT NULL,
  field text NOT NULL,
  message json NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX aggregator_set_aside_by_definition ON aggregator_set_aside (definition, seq);
