// The handlers behind operations.ts.

import { type Request, Router, text } from 'express';
import { MAX_EVENT_BYTES } from '../events/parse.ts';
import { notFound } from '../http/errors.ts';
import { JSON_TYPES, requireJson, sendJson } from '../http/json.ts';
import { serve } from '../http/operation.ts';
import { readQuery } from '../http/query.ts';
import type { DeadLetters } from './dead-letters.ts';
import { deadLetterOperations, deadLetterQuery } from './operations.ts';

const LISTED_BYTES = 1_000;
const LONGEST_ID = 15;
const parseText = text({ type: JSON_TYPES, limit: MAX_EVENT_BYTES });

export function deadLetterApi(deadLetters: DeadLetters): Router {
  const router = Router();
  serve(router, deadLetterOperations.list, async (req, res) => {
    const { limit, before, ...filter } = readQuery(deadLetterQuery, req);
    sendJson(res, await deadLetters.list(filter, limit, LISTED_BYTES, before));
  });
  serve(router, deadLetterOperations.find, async (req, res) =>
    sendJson(res, await deadLetters.find(deadLetterId(req))),
  );
  serve(
    router,
    deadLetterOperations.send,
    requireJson('the event comes as JSON'),
    parseText,
    async (req, res) => {
      const body: unknown = req.body;
      const sent = await deadLetters.send(
        deadLetterId(req),
        Buffer.from(typeof body === 'string' ? body : ''),
      );
      sendJson(res.status(202), sent);
    },
  );
  serve(router, deadLetterOperations.discard, async (req, res) =>
    sendJson(res, await deadLetters.discard(deadLetterId(req))),
  );
  return router;
}

/**
 * The id in the path.
 * @throws {HttpError} 404 for anything that can't be one
 */
export function deadLetterId(req: Request): number {
  const { id } = req.params;
  if (typeof id === 'string' && /^\d+$/.test(id) && id.length <= LONGEST_ID) return Number(id);
  throw notFound('there is no such dead letter', id, 'an id of GET /api/dead-letters');
}
