// The type of an API, and the context of its handler.

import type { Groups } from '../group/coordinator.ts';
import type { Journal } from '../journal.ts';
import type { Topics } from '../log/topics.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import type { Settings } from '../options.ts';
import type { ProducerIds } from '../producer-ids.ts';
import type { Transactions } from '../transaction/coordinator.ts';
import type { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';

/** The only node, which leads every partition and coordinates every group and transaction. */
export const NODE_ID = 0;

export type Context = {
  readonly settings: Settings;
  readonly clusterId: string;
  readonly topics: Topics;
  readonly groups: Groups;
  readonly producerIds: ProducerIds;
  readonly transactions: Transactions;
  readonly memory: MemoryBudget;
  readonly journal: Pick<Journal, 'bytes'>;
};

/** The connection that a request came on. */
export type Client = {
  /** The client's address. */
  readonly host: string;
  /** The broker's address in responses to this client. */
  readonly advertised: { readonly host: string; readonly port: number };
  /** Called when the connection ends. */
  readonly closed: Set<() => void>;
};

export type Request = {
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  readonly body: Reader;
  readonly client: Client;
};

/** The response, now or later; null where none is sent: to Produce with acks 0, or after the connection has ended. */
export type Answer = Writer | null | Promise<Writer | null>;

export type Api = {
  readonly key: number;
  readonly name: string;
  /** Lowest and highest version, advertised and served. */
  readonly min: number;
  readonly max: number;
  /** First flexible version (KIP-482): compact types, tagged fields, request header v2, response header v1. */
  readonly flexibleFrom?: number;
  handle(request: Request, context: Context): Answer;
};

/** A request for which the protocol has no error response; its connection is closed, as in Apache Kafka. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
}

/** Begins the response to a request. */
export function answerTo(request: Request, sizeHint?: number): Writer {
  const writer = new Writer(request.correlationId, sizeHint);
  return request.body.isFlexible ? writer.flexible().tags() : writer;
}

/** Whether this version of an API is a flexible one. */
export function isFlexible({ flexibleFrom }: Pick<Api, 'flexibleFrom'>, version: number): boolean {
  return flexibleFrom !== undefined && version >= flexibleFrom;
}

/** The throttle time of every response; this broker has no quotas. */
export const NO_THROTTLE = 0;
