// Definitions for the page and the API of the aggregator: save, restore, pause, delete, preview, and results.

import type { TopicReader } from '../consumer/topic-reader.ts';
import { type Pool, transaction } from '../db/pool.ts';
import { HttpError, notFound, unavailable } from '../http/errors.ts';
import { reasonOf } from '../kafka/errors.ts';
import { STORABLE_TEXT } from '../runtime/storable-text.ts';
import { InputError } from './batch/reading.ts';
import { DefinitionError } from './definition/problem.ts';
import { checkValue } from './definition/read.ts';
import type { Definition } from './definition/schema.ts';
import {
  type Changed,
  comparePreviews,
  fieldsOf,
  type KnownField,
  PREVIEWED,
  type Preview,
  previewFile,
  previewRecords,
} from './preview.ts';
import { type Provenance, recordsBehind } from './provenance.ts';
import { deleteDefinition, holdDefinition, pauseDefinition, saveDefinition } from './store/definitions.ts';
import {
  definitionOf,
  findDefinition,
  findResult,
  type KnownDefinition,
  type KnownResult,
  listVersions,
} from './store/overview.ts';
import { lockRuns } from './store/runs.ts';

const RETRY_SECONDS = 5;

/** Records of a preview: a topic's newest ones, or a file's text. */
export type PreviewSource =
  | { readonly topic: string }
  | { readonly file: { readonly name: string; readonly text: string } };
/** `changed` is undefined where no other definition is saved under the name. */
export type Previewed = { readonly preview: Preview; readonly changed: Changed | undefined };

export class Definitions {
  readonly pool: Pool;
  readonly #topics: TopicReader;

  constructor(pool: Pool, topics: TopicReader) {
    this.pool = pool;
    this.#topics = topics;
  }

  /** A definition by its name. @throws {HttpError} 404 */
  async find(name: unknown): Promise<KnownDefinition> {
    const found = isStorable(name) ? await findDefinition(this.pool, name) : undefined;
    if (found === undefined) throw unknown(name);
    return found;
  }

  /**
   * Validates and saves a definition, as a new version where it differs from the current one.
   * @param expected the version that was edited, 0 for a new definition; undefined accepts any
   * @throws {DefinitionError} with every problem
   */
  async save(
    value: unknown,
    expected?: number,
  ): Promise<{ readonly name: string; readonly version: number }> {
    const definition = checkValue(value);
    const { name } = definition;
    const version = await transaction(this.pool, async (client) => {
      // Serialises two saves of a new name, which has no row to lock yet.
      await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [0x5512, name]);
      const { rows } = await client.query<{ version: number }>(
        'SELECT version FROM aggregator_definitions WHERE name = $1 FOR UPDATE',
        [name],
      );
      const current = rows[0]?.version ?? 0;
      if (expected !== undefined && expected !== current)
        throw new DefinitionError([conflict(expected, current)]);
      return saveDefinition(client, definition);
    });
    return { name, version };
  }

  /** Saves an older version again, as a new one. @throws {HttpError} 404 */
  async restore(
    name: unknown,
    version: number,
  ): Promise<{ readonly name: string; readonly version: number }> {
    const { name: known } = await this.find(name);
    const old = (await listVersions(this.pool, known)).find((one) => one.version === version);
    if (old === undefined) throw notFound(`${known} has no such version`, version, 'one of its versions');
    return this.save(old.body);
  }

  /** Pauses a definition, or lets it run again. @throws {HttpError} 404 */
  async pause(name: unknown, paused: boolean): Promise<void> {
    if (!isStorable(name) || !(await pauseDefinition(this.pool, name, paused))) throw unknown(name);
  }

  /**
   * Deletes a definition with its open sessions, which are not flushed, and its flushed rows in Postgres. Rows on its topic stay.
   * @param discard false refuses where sessions are open
   * @throws {HttpError} 404; 409 where sessions are open, or a run over files is running
   */
  async delete(name: unknown, discard: boolean): Promise<void> {
    if (!isStorable(name)) throw unknown(name);
    await transaction(this.pool, async (client) => {
      if (!(await lockRuns(client, name, 'transaction'))) throw atWork(name);
      const open = await holdDefinition(client, name);
      if (open === undefined) throw unknown(name);
      if (open > 0 && !discard) throw stillOpen(name, open);
      await deleteDefinition(client, name);
    });
  }

  /** Names of the cluster's topics. @throws {HttpError} 503 where Kafka is away */
  topics(): Promise<readonly string[]> {
    return this.#topics.topics().catch(throwUnavailable);
  }

  /** Fields of a topic's newest records. @throws {HttpError} 503 where Kafka is away */
  async fields(topic: string): Promise<readonly KnownField[]> {
    return fieldsOf(await this.#newest(topic));
  }

  /**
   * Previews a definition, with the differences to the saved one of its name.
   * @throws {HttpError} 400 for a file that can't be read, 503 where Kafka is away
   */
  async preview(definition: Definition, source: PreviewSource): Promise<Previewed> {
    const previewOf = await this.#previewer(source);
    const preview = await previewOf(definition);
    const saved = definitionOf((await findDefinition(this.pool, definition.name))?.body);
    if (saved === undefined || JSON.stringify(saved) === JSON.stringify(definition))
      return { preview, changed: undefined };
    return { preview, changed: comparePreviews(await previewOf(saved), preview) };
  }

  /** A flushed row by its id, with the records that it came from. @throws {HttpError} 404 */
  async result(
    name: unknown,
    id: unknown,
  ): Promise<{
    readonly definition: KnownDefinition;
    readonly result: KnownResult;
    readonly provenance: Provenance;
  }> {
    const definition = await this.find(name);
    const result = isStorable(id) ? await findResult(this.pool, definition.name, id) : undefined;
    if (result === undefined) throw notFound('there is no such result', id, 'the id of a flushed row');
    const provenance = await recordsBehind(this.pool, this.#topics, definition.name, result);
    return { definition, result, provenance };
  }

  async #previewer(source: PreviewSource): Promise<(definition: Definition) => Promise<Preview>> {
    if ('topic' in source) {
      const records = await this.#newest(source.topic);
      return async (definition) => previewRecords(definition, source.topic, records);
    }
    const now = Date.now();
    return (definition) =>
      previewFile(definition, source.file, now).catch((error) => {
        throw error instanceof InputError
          ? new HttpError(400, 'bad_request', `the file: ${error.message}`, { received: source.file.name })
          : error;
      });
  }

  #newest(topic: string) {
    return this.#topics.newest(topic, PREVIEWED).catch(throwUnavailable);
  }
}

/** Whether Postgres can store the text of a URL; any other would fail the query. */
const isStorable = (text: unknown): text is string => typeof text === 'string' && STORABLE_TEXT.test(text);

const unknown = (name: unknown) =>
  notFound('there is no such definition', name, 'a name of GET /api/aggregator/definitions');

const stillOpen = (name: string, open: number) =>
  new HttpError(409, 'open_sessions', `${name} has open sessions, which would never be flushed`, {
    received: `${open} open sessions`,
    expected: 'none, or open_sessions=discard',
  });

const atWork = (name: string) =>
  new HttpError(409, 'run_at_work', `a run over files of ${name} is at work`, {
    expected: 'no run; it ends by itself, or by Ctrl-C',
  });

const throwUnavailable = (error: unknown): never => {
  throw unavailable('kafka', `Kafka is away: ${reasonOf(error)}`, RETRY_SECONDS, error);
};

function conflict(expected: number, current: number) {
  const message =
    expected === 0
      ? 'received the name of another definition, expected a new one'
      : `received a change of version ${expected}, expected version ${current}, which was saved meanwhile`;
  return { pointer: '/name', line: undefined, column: undefined, message, suggestion: undefined };
}

/** The API's response to an invalid definition, with every problem. */
export const refused = ({ problems }: DefinitionError): HttpError =>
  new HttpError(400, 'definition', problems[0]?.message ?? 'the definition is invalid', {
    expected: 'a valid definition',
    problems: problems.map(({ pointer, message, suggestion }) => ({
      pointer,
      message,
      suggestion: suggestion ?? null,
    })),
  });
