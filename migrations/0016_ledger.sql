-- What became of every record that ingest has passed, counted in the transaction that passes it. Counts and offset can't
-- disagree unless something was lost or taken twice: /pipeline shows the sum.

CREATE TABLE ingest_ledger (
  cluster_id text NOT NULL,
  consumer_group text NOT NULL,
  topic text NOT NULL,
  "partition" integer NOT NULL,
  counted_from bigint NOT NULL,
  inserted bigint NOT NULL,
  repeated bigint NOT NULL,
  set_aside bigint NOT NULL,
  absent bigint NOT NULL,
  PRIMARY KEY (cluster_id, consumer_group, topic, "partition")
);
COMMENT ON COLUMN ingest_ledger.counted_from IS 'the offset from which on these counts hold';
COMMENT ON COLUMN ingest_ledger.repeated IS 'events that were there already, under the same order_id';
COMMENT ON COLUMN ingest_ledger.absent IS 'offsets without a record: compacted, or gone before they were read';
