// The handlers of operations.ts. Rows stay JSON text, as parsed numbers would lose digits.

import { json, type Request, type Response, Router } from 'express';
import { badRequest } from '../http/errors.ts';
import { JSON_TYPES, requireJson, sendJson } from '../http/json.ts';
import { serve } from '../http/operation.ts';
import { readQuery } from '../http/query.ts';
import { wantsCsv } from '../http/response-cache.ts';
import { route } from '../http/routes.ts';
import { spreadsheetCell } from '../runtime/csv.ts';
import { lineWriter } from './batch/output.ts';
import { writeRow } from './core/row.ts';
import { DefinitionError } from './definition/problem.ts';
import { checkValue } from './definition/read.ts';
import { type Definitions, type PreviewSource, refused } from './definitions.ts';
import type { AggregatorFeed } from './feed.ts';
import { aggregatorOperations as operations } from './operations.ts';
import { briefly, explained, versionRow, writeSession } from './present.ts';
import {
  listDefinitions,
  listVersions,
  newestAsides,
  newestResults,
  readOpenSessions,
} from './store/overview.ts';

const BODY_BYTES = 256 * 1024;
/** Size limit of a preview's body: a file of a million characters with JSON's escapes. */
const PREVIEW_BYTES = 4 * 1024 * 1024;

/** Routes of the aggregator's API. @param feed serves the stream of changes */
export function aggregatorApi(definitions: Definitions, feed: AggregatorFeed): Router {
  const router = Router();
  const { pool } = definitions;
  route(router, operations.list.path, {
    get: [async (_req, res) => sendJson(res, { rows: (await listDefinitions(pool)).map(briefly) })],
    post: [
      requireJson('this route takes JSON'),
      json({ type: JSON_TYPES, limit: BODY_BYTES }),
      async (req, res) => sendJson(res, await definitions.save(req.body).catch(refuse)),
    ],
  });
  serve(router, operations.find, async (req, res) => sendJson(res, await describe(definitions, req)));
  serve(router, operations.pause, async (req, res) => {
    await definitions.pause(req.params.name, true);
    res.status(204).end();
  });
  serve(router, operations.resume, async (req, res) => {
    await definitions.pause(req.params.name, false);
    res.status(204).end();
  });
  serve(router, operations.delete, async (req, res) => {
    const { open_sessions: openSessions } = readQuery(operations.delete.query, req);
    await definitions.delete(req.params.name, openSessions === 'discard');
    res.status(204).end();
  });
  serve(router, operations.sessions, async (req, res) => {
    const { limit } = readQuery(operations.sessions.query, req);
    const { name } = await definitions.find(req.params.name);
    const rows = (await readOpenSessions(pool, name, limit)).map(writeSession);
    sendRows(req, res, `${name}-sessions`, rows);
  });
  serve(router, operations.results, async (req, res) => {
    const { limit, before } = readQuery(operations.results.query, req);
    const { name } = await definitions.find(req.params.name);
    const results = await newestResults(pool, name, limit, before);
    const next = results.length < limit ? null : (results.at(-1)?.seq ?? null);
    sendRows(
      req,
      res,
      `${name}-results`,
      results.map(({ row }) => row),
      next,
    );
  });
  serve(router, operations.records, async (req, res) => sendJson(res, await recordsOf(definitions, req)));
  serve(router, operations.asides, async (req, res) => {
    const { limit, before } = readQuery(operations.asides.query, req);
    const { name } = await definitions.find(req.params.name);
    const asides = await newestAsides(pool, name, limit, before);
    const next = asides.length < limit ? null : (asides.at(-1)?.seq ?? null);
    const rows = asides.map(({ seq: _, ...aside }) => JSON.stringify(aside));
    sendRows(req, res, `${name}-set-aside`, rows, next);
  });
  serve(router, operations.fields, async (req, res) => {
    const { topic } = readQuery(operations.fields.query, req);
    sendJson(res, { rows: await definitions.fields(topic) });
  });
  serve(
    router,
    operations.preview,
    requireJson('this route takes JSON'),
    json({ type: JSON_TYPES, limit: PREVIEW_BYTES }),
    (req, res) => preview(definitions, req, res),
  );
  serve(router, operations.stream, (req, res) => feed.open(req, res));
  return router;
}

async function describe(definitions: Definitions, req: Request): Promise<object> {
  const known = await definitions.find(req.params.name);
  const { words, nextFlushes } = explained(known.body, Date.now());
  const versions = await listVersions(definitions.pool, known.name);
  return {
    ...briefly(known),
    definition: known.body,
    explained: words,
    next_flushes: nextFlushes,
    versions: versions.map((version) => versionRow(version, known.grouping)),
  };
}

async function recordsOf(definitions: Definitions, req: Request): Promise<object> {
  const { provenance } = await definitions.result(req.params.name, req.params.id);
  return {
    count: provenance.count,
    sources: provenance.sources,
    missing: provenance.missing ?? null,
    rows: provenance.records.map(({ partition, offset, timestamp, value }) => ({
      partition,
      offset: String(offset),
      at: new Date(timestamp).toISOString(),
      value: value?.toString('utf8') ?? null,
    })),
  };
}

async function preview(definitions: Definitions, req: Request, res: Response): Promise<void> {
  const { definition: value, topic, file } = (req.body ?? {}) as Readonly<Record<string, unknown>>;
  const definition = checked(value);
  const { preview: made, changed } = await definitions.preview(
    definition,
    sourceOf(file, typeof topic === 'string' ? topic : definition.topic),
  );
  const { records, asides, flushed, open } = made;
  const change = changed === undefined ? null : { added: changed.added.size, gone: changed.gone.length };
  sendJsonText(
    res,
    `{"records":${records},"set_aside":${JSON.stringify(asides)},"flushed":[${flushed.map(writeRow).join(',')}],` +
      `"open":[${open.map(writeSession).join(',')}],"changed":${JSON.stringify(change)}}`,
  );
}

function sourceOf(file: unknown, topic: string | undefined): PreviewSource {
  if (file === undefined && topic !== undefined) return { topic };
  const { name, text } = (file ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && typeof text === 'string') return { file: { name, text } };
  throw badRequest('the body names no source of records', file, 'a topic, or a file with its name and text');
}

function checked(value: unknown) {
  try {
    return checkValue(value);
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  throw error instanceof DefinitionError ? refused(error) : error;
}

const sendJsonText = (res: Response, text: string) =>
  res.set('Cache-Control', 'no-store').type('application/json').send(text);

/**
 * Sends rows as JSON, or as CSV where the client asks for that.
 * @param name of the CSV file, without its extension
 * @param rows as JSON text
 * @param next cursor of the next page, null on the last one; undefined for a list without pages
 */
function sendRows(
  req: Request,
  res: Response,
  name: string,
  rows: readonly string[],
  next?: number | null,
): void {
  res.vary('Accept');
  if (!wantsCsv(req)) {
    sendJsonText(res, `{"rows":[${rows.join(',')}]${next === undefined ? '' : `,"next":${next}`}}`);
    return;
  }
  const toLine = lineWriter('csv', spreadsheetCell);
  res
    .set('Cache-Control', 'no-store')
    .set('Content-Disposition', `attachment; filename="${name}.csv"`)
    .type('text/csv')
    .send(rows.map(toLine).join(''));
}
