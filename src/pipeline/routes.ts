// The page /pipeline, its API and its forms. Whoever may not break the pipe may look at it.

import { json, type Request, type Response, Router } from 'express';
import type { Pool } from '../db/pool.ts';
import { badRequest, HttpError, unavailable } from '../http/errors.ts';
import { form } from '../http/form.ts';
import { serve } from '../http/operation.ts';
import { readBody } from '../http/query.ts';
import { route } from '../http/routes.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { SingleFlight } from '../runtime/single-flight.ts';
import { crowdSwitch, unknownSwitch } from '../simulator/control/switch-model.ts';
import type { Admin } from '../site/admin.ts';
import { plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import type { ActionRequest, Actions } from './actions.ts';
import type { PipelineBoard } from './board.ts';
import { FAULT_SECONDS, PAUSE_SECONDS, type ProcessesLook, SLOW_MS } from './control.ts';
import { faultBody, pauseBody, pipelineOperations } from './operations.ts';
import { type Proof, prove } from './proof.ts';

const BODY_BYTES = 4 * 1024;

export type PipelineParts = {
  readonly board: PipelineBoard;
  readonly actions: Actions;
  readonly admin: Admin;
  readonly pool: Pool;
  readonly probe: KafkaProbe;
  readonly traces: Traces;
  readonly group: string;
  readonly topic: string;
};

export function pipelineRoutes(parts: PipelineParts): Router {
  const { board, actions, admin, pool, traces } = parts;
  const router = Router();
  const { state, proof, stream, kill, pause, resume, fault, heal } = pipelineOperations;
  const proofs = new SingleFlight<Proof>();
  serve(router, state, async (_req, res) => answer(res, await board.lookTwice()));
  serve(router, stream, (req, res) => board.open(req, res));
  serve(router, proof, async (_req, res) => answer(res, await proofs.get('', () => proveNow(parts))));

  const read = [admin.gate(), json({ limit: BODY_BYTES })];
  const act = (request: (req: Request) => ActionRequest) => [
    ...read,
    async (req: Request, res: Response) => answer(res.status(202), await doIt(actions, request(req))),
  ];
  serve(router, kill, ...act((req) => ({ do: 'kill', part: partOf(req) })));
  serve(router, resume, ...act((req) => ({ do: 'resume', part: partOf(req) })));
  serve(router, pause, ...act((req) => toPause(req)));
  serve(router, fault, ...act(toFault));
  serve(router, heal, ...act(() => ({ do: 'heal' })));

  const page = '/pipeline';
  route(router, page, {
    get: [
      async (req, res) => {
        const crowd = crowdSwitch(pool).catch(unknownSwitch);
        res.set('Cache-Control', 'no-store').render('pipeline', {
          ...plainLayout(req, res, traces, 'Pipeline'),
          state: await board.look(),
          crowd: await crowd,
          mayAct: admin.is(req),
          hasControl: actions.hasControl,
          limits: { slow: SLOW_MS, pause: PAUSE_SECONDS, fault: FAULT_SECONDS },
        });
      },
    ],
  });
  const fromForm = (request: (req: Request) => ActionRequest) => ({
    post: [
      admin.gate(),
      form(),
      async (req: Request, res: Response) => {
        await doIt(actions, request(req));
        res.redirect(303, `${page}#parts`);
      },
    ],
  });
  route(
    router,
    `${page}/parts/:part/kill`,
    fromForm((req) => ({ do: 'kill', part: partOf(req) })),
  );
  route(
    router,
    `${page}/parts/:part/resume`,
    fromForm((req) => ({ do: 'resume', part: partOf(req) })),
  );
  route(router, `${page}/parts/:part/pause`, fromForm(toPause));
  route(router, `${page}/faults`, fromForm(toFault));
  route(
    router,
    `${page}/heal`,
    fromForm(() => ({ do: 'heal' })),
  );
  return router;
}

async function doIt(actions: Actions, request: ActionRequest): Promise<ProcessesLook> {
  try {
    return await actions.act(request);
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    throw new HttpError(409, 'not_now', error.message, {
      received: 'part' in request ? request.part : request.do,
      expected: 'a part of GET /api/pipeline that is in the state for it',
    });
  }
}

async function proveNow({ pool, probe, group, topic, traces }: PipelineParts): Promise<Proof> {
  const clusterId = await probe.clusterId().catch((error) => {
    throw unavailable('kafka', 'Kafka is away: what to prove is not known until it is back', 5, error);
  });
  return prove(pool, { clusterId, group, topic }, traces);
}

function partOf(req: Request): string {
  const { part } = req.params;
  return typeof part === 'string' ? part : '';
}

const toPause = (req: Request): ActionRequest => ({
  do: 'pause',
  part: partOf(req),
  ...readBody(pauseBody, req),
});

function toFault(req: Request): ActionRequest {
  const { target, kind, ms, seconds } = readBody(faultBody, req);
  if (target === 'outbox' && kind === 'full') return { do: 'fault', target, kind, seconds };
  if (target !== 'outbox' && kind !== 'full') return { do: 'fault', target, kind, ms, seconds };
  throw badRequest(
    'this fault is not for this target',
    `${kind} for ${target}`,
    'full for outbox, the others for kafka and postgres',
  );
}

function answer(res: Response, body: object): void {
  res.set('Cache-Control', 'no-store').json(body);
}
