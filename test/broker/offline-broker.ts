// A broker without sockets, in a folder of its own: requests are dispatched as by a connection, so that one takes a millisecond.

import type { Client, Context } from '../../src/broker/api/api.ts';
import { dispatch } from '../../src/broker/api/dispatch.ts';
import { Groups } from '../../src/broker/group/coordinator.ts';
import { Journal } from '../../src/broker/journal.ts';
import { Topics } from '../../src/broker/log/topics.ts';
import { MemoryBudget } from '../../src/broker/memory-budget.ts';
import { type BrokerOptions, parseOptions } from '../../src/broker/options.ts';
import { ProducerIds } from '../../src/broker/producer-ids.ts';
import { Transactions } from '../../src/broker/transaction/coordinator.ts';
import { Reader } from '../../src/broker/wire/reader.ts';
import { readHeader } from '../../src/broker/wire/request-header.ts';
import type { Writer } from '../../src/broker/wire/writer.ts';
import { afterFile } from '../support/after-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Asking, readAnswerHead, request } from './request.ts';

const NO_BODY = () => {};

export type OfflineBroker = Asking & {
  readonly context: Context & { readonly journal: Journal };
  readonly client: Client;
  /** Answers without a body, as of Produce with acks 0; else as ask(). */
  send(apiKey: number, version: number, body?: (writer: Writer) => void): Promise<Reader | null>;
  /** Closes it in order. */
  close(): void;
};

/** Opens a broker; closed after the file's tests unless the test closes it. */
export function offlineBroker(options: Partial<BrokerOptions> = {}): OfflineBroker {
  const settings = parseOptions({
    groupMinSessionTimeoutMs: 100,
    dataDir: options.dataDir ?? temporaryFolder(),
    ...options,
  });
  const journal = new Journal(`${settings.dataDir}/journal`);
  const topics = new Topics(`${settings.dataDir}/topics`, journal, settings, Date.now());
  const groups = new Groups(journal, settings, Date.now());
  const producerIds = new ProducerIds(journal);
  const transactions = new Transactions({ journal, topics, groups, producerIds }, settings);
  const memory = new MemoryBudget(settings.maxMemoryBytes);
  const context = {
    settings,
    clusterId: 'a cluster',
    topics,
    groups,
    producerIds,
    transactions,
    memory,
    journal,
  };
  const client: Client = {
    host: '/127.0.0.1',
    advertised: { host: '127.0.0.1', port: 40_000 },
    closed: new Set(),
  };
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    transactions.close();
    groups.close();
    topics.close();
    journal.close();
  };
  afterFile(close);
  const send = async (apiKey: number, version: number, body: (writer: Writer) => void = NO_BODY) => {
    const frame = new Reader(request(apiKey, version, 1, body).subarray(4));
    const header = readHeader(frame);
    const writer = await dispatch(header, { ...header, version, body: frame, client }, context);
    if (writer === null) return null;
    const answer = new Reader(Buffer.concat(writer.finish()).subarray(4));
    answer.int32();
    readAnswerHead(apiKey, version, answer);
    return answer;
  };
  const ask: Asking['ask'] = async (apiKey, version, body) => {
    const answer = await send(apiKey, version, body);
    if (answer === null) throw new Error('received no answer, expected one');
    return answer;
  };
  return { context, client, send, ask, close };
}
