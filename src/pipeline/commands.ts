// `pipeline` on the command line: looks at the pipe of a running program, and breaks it, by its API.

import type { Config } from '../config.ts';
import { shopAddress } from '../connections.ts';
import { parseDuration } from '../runtime/duration.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { renderTable } from '../runtime/table.ts';
import type { PipelineState } from './state.ts';

const DONE = 0;
const NOT_WHOLE = 1;

const exact = (value: number | null) => (value === null ? '–' : value.toLocaleString('en'));

/** Prints the pipe. @returns the exit code: 1 where the ledger is not whole */
export async function show(config: Config, url: string | undefined, asJson: boolean): Promise<number> {
  const state = (await ask(config, url, '/api/pipeline')) as PipelineState;
  console.log(asJson ? JSON.stringify(state, null, 2) : describe(state).join('\n'));
  return state.ledger?.whole === false ? NOT_WHOLE : DONE;
}

/** Kills a part, or lets a paused one go on. */
export async function signal(
  config: Config,
  url: string | undefined,
  act: 'kill' | 'resume',
  part: string,
): Promise<number> {
  await ask(config, url, `/api/pipeline/parts/${encodeURIComponent(part)}/${act}`, {});
  console.log(act === 'kill' ? `${part} was killed; it is started again` : `${part} goes on`);
  return DONE;
}

/** Pauses a part. @param lasting as 10s */
export async function pause(
  config: Config,
  url: string | undefined,
  part: string,
  lasting: string,
): Promise<number> {
  await ask(config, url, `/api/pipeline/parts/${encodeURIComponent(part)}/pause`, {
    seconds: secondsOf(lasting),
  });
  console.log(`${part} is paused for ${lasting}`);
  return DONE;
}

export type FaultOptions = { readonly for: string; readonly late: string; readonly url?: string };

/** Disturbs connections, or fills the outbox. */
export async function fault(
  config: Config,
  target: string,
  kind: string,
  { for: lasting, late, url }: FaultOptions,
): Promise<number> {
  const ms = parseDuration('late', late);
  await ask(config, url, '/api/pipeline/faults', { target, kind, ms, seconds: secondsOf(lasting) });
  console.log(`${target} ${kind} for ${lasting}`);
  return DONE;
}

/** Ends every fault and every pause. */
export async function heal(config: Config, url: string | undefined): Promise<number> {
  await ask(config, url, '/api/pipeline/heal', {});
  console.log('every fault and every pause is over');
  return DONE;
}

const secondsOf = (lasting: string) => Math.max(1, Math.round(parseDuration('for', lasting) / 1000));

/** @throws {ExpectationError} with the shop's own words where it refuses, or that it does not answer */
async function ask(config: Config, url: string | undefined, path: string, body?: object): Promise<unknown> {
  const shop = url ?? shopAddress(config);
  const response = await fetch(shop + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...passwordOf(config) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error) => {
    throw new ExpectationError(
      `received no answer from ${shop}, expected a running shop: ${reasonOf(error)}`,
    );
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  const { error } = (answer ?? {}) as {
    error?: { message: string; received: unknown; expected: string | null };
  };
  if (error === undefined)
    throw new ExpectationError(
      `received status ${response.status} from ${shop}, expected the answer of a shop`,
    );
  const expected = error.expected === null ? '' : `, expected ${error.expected}`;
  throw new ExpectationError(`${error.message}: received ${JSON.stringify(error.received)}${expected}`);
}

const passwordOf = ({ ADMIN_PASSWORD: password }: Config) =>
  password === undefined
    ? {}
    : { Authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` };

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function describe({ outbox, kafka, ingest, ledger, parts, faults }: PipelineState): string[] {
  const lines = [
    `shop      ${exact(outbox.taken_per_second)}/s taken`,
    `outbox    ${exact(outbox.waiting)} wait, ${exact(outbox.bytes)} of ${exact(outbox.most_bytes)} bytes, ${exact(outbox.turned_away)} turned away`,
    `Kafka     ${kafka.problem ?? `${exact(kafka.appended_per_second)}/s into ${kafka.topic}`}`,
    `ingest    ${exact(ingest.stored_per_second)}/s stored, ${exact(ingest.batches_per_second)} batches a second`,
    ledger === null
      ? 'ledger    not known'
      : `ledger    ${exact(ledger.acknowledged)} acknowledged = ${exact(ledger.stored)} stored + ${exact(ledger.repeated)} repeated + ${exact(ledger.set_aside)} set aside + ${exact(ledger.absent)} absent + ${exact(ledger.on_the_way)} on the way: ${ledger.whole ? 'whole' : `${exact(ledger.missing)} MISSING`}`,
    ...faults.map(({ target, kind, until }) => `fault     ${target} ${kind} until ${until}`),
  ];
  const partitions = kafka.partitions.map(({ partition, start, end, next, lag, member }) => ({
    partition,
    start,
    end,
    stored: next,
    lag,
    'read by': member ?? 'nobody',
  }));
  const processes = parts.map(({ part, state, pid, since, memory, ends }) => ({
    part,
    state,
    pid: String(pid ?? '–'),
    since: since ?? '–',
    MB: memory === null ? null : Math.round(memory / 1_048_576),
    ends,
  }));
  return [
    ...lines,
    '',
    renderTable(partitions),
    ...(processes.length === 0 ? [] : ['', renderTable(processes)]),
  ];
}
