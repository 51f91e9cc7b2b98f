// The records that a handler is given, free of the client's types.

export type KafkaRecord = {
  readonly offset: bigint;
  /** Milliseconds since the epoch, set by the producer or by the broker; −1 where there is none, or none that Postgres could store. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Why the batch that this record stands for can't be decoded; `value` has the batch's bytes, `offset` is its last one. */
  readonly undecodable?: string;
};

/** Records of one partition, by offset. */
export type RecordBatch = {
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** The high watermark of the partition as of the fetch; left out where it is not known. */
  readonly end?: bigint;
  /** Why Postgres refuses each of these records: all are set aside. */
  readonly unstorable?: string;
};
