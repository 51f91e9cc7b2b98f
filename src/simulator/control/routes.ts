// GET and POST /api/simulator. Everybody may read the state of the shoppers; only the admin may change it.

import { json, type NextFunction, type Request, type Response, Router } from 'express';
import type { Pool } from '../../db/pool.ts';
import { describeIssue } from '../../events/parse.ts';
import { badRequest, HttpError } from '../../http/errors.ts';
import { route } from '../../http/routes.ts';
import type { Admin } from '../../site/admin.ts';
import { type SimulatorAnswer, simulatorOperations } from './operations.ts';
import { type Change, changeSchema } from './settings.ts';
import { changeSimulator, readSimulator, type SimulatorState } from './store.ts';

const MOST_BYTES = 10_000;
const JSON_TYPES = ['application/json', 'application/*+json'];

export function simulatorRoutes(pool: Pool, admin: Admin): Router {
  const router = Router();
  const answer = (req: Request, res: Response, state: SimulatorState) =>
    res.set('Cache-Control', 'no-store').json(answerOf(state, admin.is(req)));
  route(router, simulatorOperations.status.path, {
    get: [async (req, res) => void answer(req, res, await readSimulator(pool))],
    post: [
      admin.gate(),
      onlyJson,
      json({ type: JSON_TYPES, limit: MOST_BYTES }),
      async (req, res) => void answer(req, res, await changeSimulator(pool, readChange(req.body))),
    ],
  });
  return router;
}

function answerOf(
  { settings, changedAt, present, run }: SimulatorState,
  mayChange: boolean,
): SimulatorAnswer {
  return {
    state: !present ? 'absent' : settings.running ? 'running' : 'stopped',
    settings,
    changed_at: changedAt.toISOString(),
    run: settings.running ? run : null,
    may_change: mayChange,
  };
}

function readChange(body: unknown): Change {
  const parsed = changeSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(
    issue === undefined ? 'the body is no change' : describeIssue(issue, body),
    body,
    `some of ${Object.keys(changeSchema.shape).join(', ')}`,
  );
}

function onlyJson(req: Request, _res: Response, next: NextFunction): void {
  if (req.is(JSON_TYPES) === false || req.get('content-type') === undefined) {
    throw new HttpError(415, 'content_type', 'the change comes as JSON', {
      received: req.get('content-type') ?? 'no Content-Type',
      expected: 'application/json',
    });
  }
  next();
}
