// WriteTxnMarkers: v1
//
// Behaviour:
// * Ends a producer's open transaction in a partition, for `kafka-transactions abort`. As in Apache Kafka the transaction
//   coordinator is not involved. A partition in which the producer has none open is not changed; an epoch lower than the
//   producer's is INVALID_PRODUCER_EPOCH.
//
// Version notes: Apache Kafka 4 has removed v0, which is not flexible.
//
//   Request => [producerId producerEpoch committed [topic [partition]] coordinatorEpoch]
//     producerId => INT64   producerEpoch => INT16   committed => BOOLEAN   partition, coordinatorEpoch => INT32
//   Response => [producerId [topic [partition errorCode]]]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, type Request } from './api.ts';

type Marker = ReturnType<typeof readMarker>;

function readMarker(body: Reader) {
  const producerId = body.int64();
  const epoch = body.int16();
  const isCommit = body.boolean();
  const topics = body.structs(() => ({ topic: body.string(), partitions: body.array(() => body.int32()) }));
  body.int32(); // coordinator epoch: there is one coordinator
  return { producerId, epoch, isCommit, topics };
}

function write(marker: Marker, topic: string, partition: number, context: Context): ErrorCode {
  const log = context.topics.partition(topic, partition);
  if (log === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const { producerId, epoch, isCommit } = marker;
  if (epoch < (log.producers.get(producerId)?.epoch ?? epoch)) return ErrorCode.INVALID_PRODUCER_EPOCH;
  try {
    log.endTransaction(producerId, epoch, isCommit, Date.now());
    if (context.settings.fsyncMs === 0) log.sync();
    return ErrorCode.NONE;
  } catch (failure) {
    context.settings.log.error({ partition: log.name, error: failure }, 'cannot write a marker');
    return ErrorCode.KAFKA_STORAGE_ERROR;
  }
}

function handle(request: Request, context: Context): Writer {
  const markers = request.body.structs(() => readMarker(request.body));
  const writer = answerTo(request);
  return writer.structs(markers, (marker) => {
    writer.int64(marker.producerId).structs(marker.topics, ({ topic, partitions }) => {
      writer.string(topic).structs(partitions, (partition) => {
        writer.int32(partition).int16(write(marker, topic, partition, context));
      });
    });
  });
}

export const writeTxnMarkers: Api = {
  key: 27,
  name: 'WriteTxnMarkers',
  min: 1,
  max: 1,
  flexibleFrom: 1,
  handle,
};
