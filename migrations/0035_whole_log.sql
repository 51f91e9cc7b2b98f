-- The log of moves goes back as far as the events do. Its newest moves are rows; those before are packed, thousands of them in a row
-- of arrays, which Postgres compresses: a tenth of their size as rows. A packed move has no visitor, as its event has one.
CREATE TABLE behaviour_log_chunks (
  simulated boolean NOT NULL,
  first_seq bigint NOT NULL,
  earliest timestamptz NOT NULL,
  gaps bigint[] NOT NULL,
  ats timestamptz[] NOT NULL,
  order_ids uuid[] NOT NULL,
  steps smallint[] NOT NULL,
  from_states text[] NOT NULL,
  to_states text[] NOT NULL,
  becauses text[] NOT NULL,
  PRIMARY KEY (simulated, first_seq),
  CHECK (cardinality(gaps) = cardinality(ats) AND cardinality(ats) = cardinality(order_ids) AND cardinality(order_ids) = cardinality(steps)),
  CHECK (cardinality(from_states) = cardinality(to_states) AND cardinality(to_states) = cardinality(becauses))
);
COMMENT ON TABLE behaviour_log_chunks IS 'moves that behaviour_log had, in the order of their seq';
COMMENT ON COLUMN behaviour_log_chunks.simulated IS 'whose moves: a chunk has either simulated ones or real ones, as one of the two may be rare';
COMMENT ON COLUMN behaviour_log_chunks.earliest IS 'the least of ats: late clicks stand behind younger ones';
COMMENT ON COLUMN behaviour_log_chunks.gaps IS 'how much greater the seq of each move is than that of the one before it; 0 for the first';
COMMENT ON COLUMN behaviour_log_chunks.steps IS 'where in from_states, to_states and becauses each move has its own, from 1 on';
-- Ids of random bytes do not compress.
ALTER TABLE behaviour_log_chunks ALTER COLUMN order_ids SET STORAGE EXTERNAL;

-- Moves that this database has deleted, before it could pack them, are gone.
CREATE TABLE behaviour_log_since (at timestamptz NOT NULL);
COMMENT ON TABLE behaviour_log_since IS 'the time of the first move that is kept, where moves before it were deleted; else no row';
INSERT INTO behaviour_log_since SELECT at FROM (SELECT seq, at FROM behaviour_log ORDER BY seq LIMIT 1) AS first WHERE seq > 1;

-- Which moves are packed is decided by their number.
ALTER TABLE behaviour_log DROP COLUMN written_at;
