// DescribeLogDirs: v1-4
//
// Behaviour:
// * There is one log directory; sizes are those of the segments' records, without indexes and seals.
// * A null list asks for all topics; a partition that does not exist is left out, as in Apache Kafka.
//
// Version notes: v2 is flexible, v3 adds an error for the whole response, v4 the total and usable bytes of the disk.
//
//   Request => [topic [partition]] (nullable)
//   Response => throttleTimeMs errorCode (v3+) [errorCode logDir [topic [partition size offsetLag isFuture]]
//               totalBytes (v4+) usableBytes (v4+)]
//     partition => INT32   size, offsetLag, totalBytes, usableBytes => INT64   isFuture => BOOLEAN

import { statfsSync } from 'node:fs';
import type { PartitionLog } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

type Asked = { readonly topic: string; readonly partitions: readonly number[] };
type Found = { readonly partition: number; readonly log: PartitionLog };

function read(body: Reader): Asked[] | null {
  return body.nullableStructs(() => ({
    topic: body.string(),
    partitions: body.array(() => body.int32()),
  }));
}

function everything({ topics }: Context): Asked[] {
  return topics.all().map(({ name, partitions }) => ({ topic: name, partitions: [...partitions.keys()] }));
}

/** Bytes of logs, each summed up once, as a request may ask a hundred thousand times for a log of many segments. */
function sizes(): (log: PartitionLog) => number {
  const known = new Map<PartitionLog, number>();
  return (log) => {
    const bytes = known.get(log) ?? log.bytes;
    known.set(log, bytes);
    return bytes;
  };
}

function writeTopics(writer: Writer, asked: readonly Asked[], { topics }: Context): void {
  const sizeOf = sizes();
  writer.structs(asked, ({ topic, partitions }) => {
    const found = partitions.flatMap((partition): Found[] => {
      const log = topics.partition(topic, partition);
      return log ? [{ partition, log }] : [];
    });
    writer.string(topic).structs(found, ({ partition, log }) => {
      writer.int32(partition).int64(sizeOf(log)).int64(0).boolean(false); // nothing lags, nothing moves
    });
  });
}

function writeRoom(writer: Writer, folder: string): void {
  const { bsize, blocks, bavail } = statfsSync(folder);
  writer.int64(bsize * blocks).int64(bsize * bavail);
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const { dataDir } = context.settings;
  const asked = read(body) ?? everything(context);
  const writer = answerTo(request).int32(NO_THROTTLE);
  if (version >= 3) writer.int16(ErrorCode.NONE);
  return writer.structs([dataDir], (folder) => {
    writer.int16(ErrorCode.NONE).string(folder);
    writeTopics(writer, asked, context);
    if (version >= 4) writeRoom(writer, folder);
  });
}

export const describeLogDirs: Api = {
  key: 35,
  name: 'DescribeLogDirs',
  min: 1,
  max: 4,
  flexibleFrom: 2,
  handle,
};
