// /lessons, /lessons/quiz and /lessons/:lesson, with their API. Anybody may read and answer; who plays breaks the pipe, and so has to
// be on this machine or the admin.

import { json, type Request, type Response, Router } from 'express';
import { form } from '../http/form.ts';
import { sendJson } from '../http/json.ts';
import { serve } from '../http/operation.ts';
import { readBody } from '../http/query.ts';
import { route } from '../http/routes.ts';
import { fillsOutbox } from '../simulator/system-faults.ts';
import type { Admin } from '../site/admin.ts';
import { plainLayout } from '../site/layout.ts';
import type { Lesson } from './lesson.ts';
import { answerBody, guessBody, lessonOperations } from './operations.ts';
import { BROKEN, BROKEN_NAMES, type Reveal } from './quiz.ts';
import type { RunAnswer } from './run-answer.ts';
import type { NotedRun } from './run-store.ts';
import type { Stage } from './stage.ts';

const BODY_BYTES = 4 * 1024;

export function lessonRoutes(stage: Stage, admin: Admin): Router {
  const router = Router();
  const { list, find, start, answer, quiz, quizStart, quizGuess } = lessonOperations;
  const body = json({ limit: BODY_BYTES });
  serve(router, list, (_req, res) =>
    sendJson(res, { rows: stage.lessons.map(({ name, title, about }) => ({ lesson: name, title, about })) }),
  );
  serve(router, find, async (req, res) =>
    sendJson(res, await runAnswer(stage, stage.find(req.params.lesson))),
  );
  serve(router, start, admin.gate(), async (req, res) => {
    const lesson = stage.find(req.params.lesson);
    await stage.start(lesson);
    sendJson(res.status(202), await runAnswer(stage, lesson));
  });
  serve(router, answer, body, async (req, res) => {
    const lesson = stage.find(req.params.lesson);
    const verdict = await stage.answer(lesson, readBody(answerBody, req).answer);
    sendJson(res, { ...verdict, explain: lesson.explain });
  });
  serve(router, quiz, (_req, res) => sendJson(res, quizAnswer(stage)));
  serve(router, quizStart, admin.gate(), async (_req, res) => {
    await stage.startQuiz();
    sendJson(res.status(202), quizAnswer(stage));
  });
  serve(router, quizGuess, admin.gate(), body, async (req, res) =>
    sendJson(res, toJson(await guess(stage, req))),
  );
  addPages(router, stage, admin);
  return router;
}

function addPages(router: Router, stage: Stage, admin: Admin): void {
  const { traces } = stage.place;
  const layout = (req: Request, res: Response, title: string) => {
    res.set('Cache-Control', 'no-store');
    return { ...plainLayout(req, res, traces, title), lessons: stage.lessons, mayAct: admin.is(req) };
  };
  route(router, '/lessons', {
    get: [(req, res) => res.render('lessons', layout(req, res, 'Lessons'))],
  });
  const showQuiz = (req: Request, res: Response, reveal?: Reveal) =>
    res.render('quiz', {
      ...layout(req, res, 'Quiz'),
      broken: BROKEN_NAMES.map((name) => ({ name, words: BROKEN[name].words })),
      state: stage.quiz.state,
      reveal: reveal === undefined ? null : { ...reveal, words: BROKEN[reveal.broken].words },
    });
  route(router, '/lessons/quiz', {
    get: [(req, res) => showQuiz(req, res)],
    post: [admin.gate(), form(), async (req, res) => showQuiz(req, res, await guess(stage, req))],
  });
  route(router, '/lessons/quiz/start', {
    post: [
      admin.gate(),
      async (_req, res) => {
        await stage.startQuiz();
        res.redirect(303, '/lessons/quiz');
      },
    ],
  });
  const show = async (req: Request, res: Response, lesson: Lesson, verdict: object | null) =>
    res.render('lesson', {
      ...layout(req, res, lesson.title),
      lesson,
      verdict,
      given: req.body?.answer ?? '',
      run: await runAnswer(stage, lesson),
      canBreak:
        stage.place.actions.hasControl || lesson.timeline.system.every(({ fault }) => fillsOutbox(fault)),
    });
  route(router, '/lessons/:lesson', {
    get: [async (req, res) => show(req, res, stage.find(req.params.lesson), null)],
    post: [
      form(),
      async (req, res) => {
        const lesson = stage.find(req.params.lesson);
        await show(req, res, lesson, await stage.answer(lesson, readBody(answerBody, req).answer));
      },
    ],
  });
  route(router, '/lessons/:lesson/start', {
    post: [
      admin.gate(),
      async (req, res) => {
        const lesson = stage.find(req.params.lesson);
        await stage.start(lesson);
        res.redirect(303, `/lessons/${lesson.name}#run`);
      },
    ],
  });
}

const guess = (stage: Stage, req: Request): Promise<Reveal> => {
  const { what, seconds_ago } = readBody(guessBody, req);
  return stage.quiz.guess(what, seconds_ago);
};

const toJson = ({ since, ...reveal }: Reveal) => ({
  ...reveal,
  since: since === null ? null : new Date(since).toISOString(),
});

const quizAnswer = ({ quiz }: Stage) => ({ state: quiz.state, failure: quiz.failure ?? null });

async function runAnswer(stage: Stage, lesson: Lesson): Promise<RunAnswer> {
  const run = await stage.runOf(lesson);
  return {
    state: run === undefined ? 'idle' : run.failure !== undefined ? 'failed' : run.over ? 'over' : 'running',
    seconds: run === undefined ? 0 : Math.round((Date.now() - run.began) / 1000),
    lasts: lesson.lasts / 1000,
    failure: run?.failure ?? null,
    facts: run === undefined ? [] : await factsOf(stage, lesson, run),
  };
}

type Fact = RunAnswer['facts'][number];
const fact = (name: string, value: string | number, href: string | null = null): Fact => ({
  name,
  value: typeof value === 'number' ? value.toLocaleString('en') : value,
  href,
});

/** What the question can't be answered without. */
async function factsOf({ place }: Stage, lesson: Lesson, run: NotedRun): Promise<Fact[]> {
  const facts: Fact[] = [];
  const { visits, readers, system } = lesson.timeline;
  if (run.ledger !== null && visits.length === 0 && readers.length === 0) {
    const { acknowledged, stored, repeated, set_aside: aside } = run.ledger;
    facts.push(
      fact('acknowledged when it began', acknowledged),
      fact('stored then', stored),
      fact('repeated then', repeated),
      fact('set aside then', aside),
    );
  }
  if (system.some((step) => fillsOutbox(step.fault)))
    facts.push(fact('turned away when it began', run.turnedAwayBefore));
  for (const [n, { orderId, time }] of run.visits.entries())
    facts.push(fact(`click ${n + 1} of the visitor`, `${time.slice(11, 19)} UTC`, `/events/${orderId}`));
  if (readers.length > 0) facts.push(...(await readersOf(place, run.group)));
  return facts;
}

async function readersOf({ probe, shoppers }: Stage['place'], group: string): Promise<Fact[]> {
  try {
    const { members, groupState } = await probe.look(shoppers.topic, group);
    const lines = members.map(({ id, partitions }) =>
      fact(
        `reader …${id.slice(-6)}`,
        partitions.length === 0 ? 'nothing yet' : `partition ${partitions.toSorted().join(', ')}`,
      ),
    );
    return [fact(`group ${group}`, groupState), ...lines];
  } catch {
    return [fact(`group ${group}`, 'Kafka does not answer')];
  }
}
