// What a handler is given: records as Kafka has them, without the client's types.

export type KafkaRecord = {
  readonly offset: bigint;
  /** Milliseconds since the epoch, set by the producer or by the broker. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Why the batch that this record stands for does not unpack; `value` has the batch's bytes, `offset` is its last. */
  readonly undecodable?: string;
};

/** Records of one partition, by offset. */
export type RecordBatch = {
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** The offset behind the newest record of the partition, as of the fetch that brought these; left out where nobody has said. */
  readonly end?: bigint;
  /** Why Postgres refuses every one of these records: all are set aside. */
  readonly unstorable?: string;
};
