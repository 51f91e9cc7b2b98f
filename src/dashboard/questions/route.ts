// GET /api/questions.

import { Router } from 'express';
import type { Whose } from '../../events/whose.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { ResponseCache } from '../../http/response-cache.ts';
import type { QuestionBoard } from './board.ts';
import { questionOperation } from './operation.ts';
import { QUESTION_NAMES, QUESTIONS } from './questions.ts';

const COLUMNS = ['question', 'subject', 'measure', 'count'] as const;

export function questionRoute(boardFor: (whose: Whose) => QuestionBoard): Router {
  const router = Router();
  const answers = new ResponseCache();
  serve(router, questionOperation, (req, res) =>
    answers.send(req, res, async () => {
      const { question, ...whose } = readQuery(questionOperation.query, req);
      const { rows, meta } = await boardFor(whose).answer();
      const names = question === undefined ? QUESTION_NAMES : [question];
      const questions = names.map((name) => {
        const { asks, counts } = QUESTIONS[name];
        return { question: name, asks, counts };
      });
      const asked = rows.filter((row) => names.includes(row.question));
      return { name: question ?? 'questions', columns: COLUMNS, rows: asked, more: { questions, meta } };
    }),
  );
  return router;
}
