// The topics: their partitions and settings, stored in the journal, and their logs, a folder for each partition. A folder
// that the journal does not know is renamed at start (set-aside.ts).

import { mkdirSync } from 'node:fs';
import type { Change, Journal } from '../journal.ts';
import { crypto } from '../late.ts';
import type { Settings } from '../options.ts';
import { takeClosedLogs, writeClosedLogs } from './closed-logs.ts';
import type { ClosedLog } from './open-segments.ts';
import { PartitionLog } from './partition-log.ts';
import { setAside, setStrangersAside } from './set-aside.ts';
import { type ConfigOverrides, type TopicConfig, topicConfig } from './topic-config.ts';
import { inMetrics } from './topic-name.ts';

export type Topic = {
  readonly name: string;
  /** UUID (KIP-516) as Reader.uuid() returns it; a topic created again under the same name has another. */
  readonly id: string;
  readonly partitions: readonly PartitionLog[];
  readonly overrides: ConfigOverrides;
  readonly config: TopicConfig;
};

type StoredTopic = {
  /** Undefined for a topic created by a version without topic ids. */
  readonly id?: string;
  readonly partitions: number;
  readonly overrides: ConfigOverrides;
};

const FLUSHES_AT_ONCE = 16;
const UUID_BYTES = 16;

function newTopicId(): string {
  return crypto().randomBytes(UUID_BYTES).toString('base64url');
}

export class Topics {
  #folder: string;
  #journal: Journal;
  #settings: Settings;
  #topics = new Map<string, Topic>();
  #names = new Map<string, string>(); // by topic id
  #inMetrics = new Map<string, string>(); // by the name with '_' for each '.'
  #partitionCount = 0;

  /** Opens all topics of `folder`, recovering their logs. */
  constructor(folder: string, journal: Journal, settings: Settings, now: number) {
    this.#folder = folder;
    this.#journal = journal;
    this.#settings = settings;
    mkdirSync(folder, { recursive: true });
    const closed = takeClosedLogs(this.#closedFile, journal.bytes);
    for (const [[, name], stored] of journal.entries('topic')) {
      this.#add(this.#open(String(name), this.#withId(String(name), stored as StoredTopic), now, closed));
    }
    for (const [[, name, index], offset] of journal.entries('start'))
      this.partition(String(name), Number(index))?.startAt(Number(offset), now);
    const known = new Set(this.#partitions().map((partition) => partition.name));
    setStrangersAside(folder, known, now, settings.log);
  }

  get #closedFile(): string {
    return `${this.#folder}.closed`;
  }

  /** Gives an id to a topic that has none. */
  #withId(name: string, stored: StoredTopic): Required<StoredTopic> {
    if (stored.id !== undefined) return { ...stored, id: stored.id };
    const withId = { ...stored, id: newTopicId() };
    this.#journal.set([[['topic', name], withId]], true);
    return withId;
  }

  #open(
    name: string,
    { id, partitions, overrides }: Required<StoredTopic>,
    now: number,
    closed?: ReadonlyMap<string, ClosedLog>,
    logs: PartitionLog[] = [],
  ): Topic {
    const config = topicConfig(overrides, this.#settings);
    const { log } = this.#settings;
    for (let index = 0; index < partitions; index++) {
      const partition = `${name}-${index}`;
      const folder = `${this.#folder}/${partition}`;
      logs.push(new PartitionLog(folder, partition, config, log, now, closed?.get(partition)));
    }
    return { name, id, partitions: logs, overrides, config };
  }

  #add(topic: Topic): Topic {
    this.#topics.set(topic.name, topic);
    this.#names.set(topic.id, topic.name);
    this.#inMetrics.set(inMetrics(topic.name), topic.name);
    this.#partitionCount += topic.partitions.length;
    return topic;
  }

  /** The topic whose name differs from `name` only in '.' and '_', if any: metrics do not tell them apart (Kafka's Topic.java). */
  collidingWith(name: string): string | undefined {
    return this.#topics.has(name) ? undefined : this.#inMetrics.get(inMetrics(name));
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** The name of the topic that has this id. */
  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  all(): Topic[] {
    return [...this.#topics.values()];
  }

  partition(name: string, index: number): PartitionLog | undefined {
    return this.#topics.get(name)?.partitions[index];
  }

  /** The log of this name, `topic-partition`. */
  named(log: string): PartitionLog | undefined {
    const end = log.lastIndexOf('-');
    return this.partition(log.slice(0, end), Number(log.slice(end + 1)));
  }

  /** Whether `count` more partitions are within the broker's limit. */
  hasRoomFor(count: number): boolean {
    return this.#partitionCount + count <= this.#settings.maxPartitions;
  }

  /**
   * Creates a topic; the caller has validated name, number and settings, and that it is new. Undefined if the folder can't be
   * written; the partitions created until then are removed.
   */
  create(name: string, partitions: number, overrides: ConfigOverrides, now: number): Topic | undefined {
    const { log } = this.#settings;
    const made: PartitionLog[] = [];
    try {
      for (let index = 0; index < partitions; index++) setAside(`${this.#folder}/${name}-${index}`, now, log);
      const stored = { id: newTopicId(), partitions, overrides };
      const topic = this.#open(name, stored, now, undefined, made);
      this.#journal.set([[['topic', name], stored]], true);
      log.info({ topic: name, partitions }, 'created a topic');
      return this.#add(topic);
    } catch (error) {
      log.error({ topic: name, error }, 'cannot create a topic');
      for (const partition of made) partition.remove();
      return undefined;
    }
  }

  /** Increases a topic's partitions to `count`, validated by the caller. False if the folder can't be written. */
  addPartitions(name: string, count: number, now: number): boolean {
    const topic = this.#topics.get(name);
    if (topic === undefined) return false;
    const { log } = this.#settings;
    const added: PartitionLog[] = [];
    try {
      for (let index = topic.partitions.length; index < count; index++) {
        const partition = `${name}-${index}`;
        const folder = `${this.#folder}/${partition}`;
        setAside(folder, now, log);
        added.push(new PartitionLog(folder, partition, topic.config, log, now));
      }
      const { id, overrides } = topic;
      this.#journal.set([[['topic', name], { id, partitions: count, overrides }]], true);
    } catch (error) {
      log.error({ topic: name, error }, 'cannot add partitions');
      for (const partition of added) partition.remove();
      return false;
    }
    this.#topics.set(name, { ...topic, partitions: [...topic.partitions, ...added] });
    this.#partitionCount += added.length;
    log.info({ topic: name, partitions: count }, 'added partitions');
    return true;
  }

  /** Moves a partition's start to an offset. False if the folder can't be written. */
  deleteBefore(name: string, index: number, offset: number): boolean {
    const partition = this.partition(name, index);
    if (partition === undefined) return false;
    if (offset <= partition.startOffset) return true;
    try {
      this.#journal.set([[['start', name, index], offset]], true);
    } catch (error) {
      this.#settings.log.error(
        { topic: name, partition: index, error },
        'cannot write the start of a partition',
      );
      return false;
    }
    partition.deleteBefore(offset);
    return true;
  }

  /** Replaces a topic's own settings by validated ones. False if the folder can't be written. */
  alter(name: string, overrides: ConfigOverrides): boolean {
    const topic = this.#topics.get(name);
    if (topic === undefined) return false;
    try {
      const stored = { id: topic.id, partitions: topic.partitions.length, overrides };
      this.#journal.set([[['topic', name], stored]], true);
    } catch (error) {
      this.#settings.log.error({ topic: name, error }, 'cannot write the settings of a topic');
      return false;
    }
    const config = topicConfig(overrides, this.#settings);
    for (const partition of topic.partitions) partition.config = config;
    this.#topics.set(name, { ...topic, overrides, config });
    return true;
  }

  /**
   * Deletes a topic with its records; false if there is none. Where the folder can't be written it throws, and deletes nothing.
   * @param first changes of the journal that must not be lost if the topic's deletion is kept. They precede it in the same
   *   write, of which a crash leaves the beginning
   */
  delete(name: string, first: readonly Change[] = []): boolean {
    const topic = this.#topics.get(name);
    if (topic === undefined) return false;
    const starts = topic.partitions.map((_, index): Change => [['start', name, index], null]);
    this.#journal.set([...first, ...starts, [['topic', name], null]], true);
    this.#topics.delete(name);
    this.#names.delete(topic.id);
    this.#inMetrics.delete(inMetrics(name));
    this.#partitionCount -= topic.partitions.length;
    for (const partition of topic.partitions) partition.remove();
    this.#settings.log.info({ topic: name }, 'deleted a topic');
    return true;
  }

  #partitions(): PartitionLog[] {
    return this.all().flatMap((topic) => topic.partitions);
  }

  /** Applies every topic's retention, and removes producers without an append since `producersSince`. */
  retain(now: number, producersSince: number): void {
    for (const partition of this.#partitions()) {
      partition.producers.expire(producersSince);
      try {
        partition.retain(now);
      } catch (error) {
        const what = 'cannot apply the retention of a partition; it will be tried again';
        this.#settings.log.error({ partition: partition.name, error }, what);
      }
    }
  }

  /** Compacts, one partition after the other. @param pause see PartitionLog.compact */
  async compact(now: number, pause: () => Promise<boolean>): Promise<void> {
    for (const partition of this.#partitions()) {
      try {
        await partition.compact(now, pause);
      } catch (error) {
        this.#settings.log.error(
          { partition: partition.name, error },
          'cannot compact a partition; it will be tried again',
        );
      }
    }
  }

  /** Writes all appends to the disk (fsync); failures are logged. */
  async flush(): Promise<void> {
    const waiting = this.#partitions();
    const flushSome = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next.flush();
    };
    await Promise.all(Array.from({ length: FLUSHES_AT_ONCE }, flushSome));
  }

  /** Closes all files; the next start need not read those of a partition that could be sealed. */
  close(): void {
    const closed = this.#partitions().flatMap((partition) => {
      const log = this.#closed(partition);
      return log ? [[partition.name, log] as const] : [];
    });
    try {
      writeClosedLogs(this.#closedFile, this.#journal.bytes, closed);
    } catch (error) {
      this.#settings.log.warn({ error }, 'cannot write the list of closed logs; the next start is slower');
    }
  }

  #closed(partition: PartitionLog): ClosedLog | undefined {
    try {
      return partition.close();
    } catch (error) {
      this.#settings.log.error(
        { partition: partition.name, error },
        'cannot seal a partition; the next start scans it',
      );
      return undefined;
    }
  }
}
