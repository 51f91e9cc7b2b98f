-- The lesson that is played, and what is noted of it for its question: it can be answered after a restart, and by way of any web process.

CREATE TABLE lesson_run (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id uuid NOT NULL,
  lesson text NOT NULL,
  began_at timestamptz NOT NULL,
  noted jsonb NOT NULL,
  is_over boolean NOT NULL DEFAULT false,
  failure text,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE lesson_run IS 'one row at most: there is one pipe, and one lesson played on it';
COMMENT ON COLUMN lesson_run.noted IS 'as src/lessons/run-store.ts has it';
COMMENT ON COLUMN lesson_run.seen_at IS 'when the process that plays it last said so';
