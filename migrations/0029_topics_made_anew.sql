-- A topic that was deleted and made anew, which its id tells, begins at offset 0 again. Its records and dead letters have the places of
-- earlier ones. That each is kept once, the offset sees to that is moved in its transaction.

CREATE TABLE consumer_topics (
  cluster_id text NOT NULL,
  consumer_group text NOT NULL,
  topic text NOT NULL,
  topic_id text NOT NULL,
  PRIMARY KEY (cluster_id, consumer_group, topic)
);
COMMENT ON TABLE consumer_topics IS 'which topic of that name the offsets of a group are of';

-- Counts go with their offset.
DELETE FROM ingest_ledger AS ledger WHERE NOT EXISTS (
  SELECT FROM consumer_offsets AS of
  WHERE (of.cluster_id, of.consumer_group, of.topic, of."partition")
    = (ledger.cluster_id, ledger.consumer_group, ledger.topic, ledger."partition")
);
ALTER TABLE ingest_ledger
  ADD FOREIGN KEY (cluster_id, consumer_group, topic, "partition") REFERENCES consumer_offsets ON DELETE CASCADE,
  ADD COLUMN begun_in xid8 NOT NULL DEFAULT '0';
ALTER TABLE ingest_ledger ALTER COLUMN begun_in SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN ingest_ledger.begun_in IS 'the transaction of the first batch that was counted';

ALTER TABLE dead_letters ADD COLUMN stored_in xid8 NOT NULL DEFAULT '0';
ALTER TABLE dead_letters ALTER COLUMN stored_in SET DEFAULT pg_current_xact_id();
ALTER TABLE dead_letters DROP CONSTRAINT dead_letters_cluster_id_topic_partition_offset_key;
CREATE INDEX dead_letters_by_place ON dead_letters (cluster_id, topic, "partition", "offset");
