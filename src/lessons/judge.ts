// Whether an answer is right: compared with what the running system says now.

import { badRequest } from '../http/errors.ts';
import type { MeasureName, Question } from './lesson.ts';

export type Verdict = {
  readonly right: boolean;
  /** What would have been right. */
  readonly answer: string;
};

type Ask = (measure: MeasureName) => Promise<number>;

/**
 * @param given a number as text, or the place of a choice, from 0
 * @throws {HttpError} 400 where that is no answer
 */
export async function judge(question: Question, given: string, ask: Ask): Promise<Verdict> {
  return 'choices' in question ? judgeChoice(question, given, ask) : judgeNumber(question, given, ask);
}

async function judgeNumber(
  { of, within }: Extract<Question, { of: MeasureName }>,
  given: string,
  ask: Ask,
): Promise<Verdict> {
  const number = /^\s*\d{1,12}\s*$/.test(given) ? Number(given) : undefined;
  if (number === undefined) throw badRequest('the answer is no number', given, 'a whole number');
  const measured = await ask(of);
  const near = within === 0 ? '' : ` (within ${Math.round(within * 100)} %)`;
  return { right: Math.abs(number - measured) <= measured * within, answer: `${measured}${near}` };
}

async function judgeChoice(
  { choices }: Extract<Question, { choices: unknown }>,
  given: string,
  ask: Ask,
): Promise<Verdict> {
  const chosen = /^\d$/.test(given) ? choices[Number(given)] : undefined;
  if (chosen === undefined) throw badRequest('there is no such choice', given, `0 to ${choices.length - 1}`);
  const names = new Set(choices.flatMap(({ when }) => when.map(({ of }) => of)));
  const measured = new Map<MeasureName, number>();
  for (const name of names) measured.set(name, await ask(name));
  const holds = (choice: (typeof choices)[number]) =>
    choice.when.every(({ of, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }) => {
      const value = measured.get(of) ?? 0;
      return value >= least && value <= most;
    });
  return {
    right: holds(chosen),
    answer: choices
      .filter(holds)
      .map(({ text }) => text)
      .join('; or: '),
  };
}
