// The eight questions of the original, and what is counted to answer each: one list for the API, the page and the push. In
// the order that fills the page's grid.

import type { Pool } from '../../db/pool.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';
import { devicesNow } from './devices.ts';
import { noOrder, noOrderByCategory } from './no-order.ts';
import { orderedNow } from './ordered-now.ts';
import { ordersByMonth } from './orders-by-month.ts';
import { pagesNow } from './pages.ts';
import { sawAd } from './saw-ad.ts';
import { targets } from './targets.ts';

export type Question = {
  readonly asks: string;
  /** What is counted, in the panel's words. */
  readonly counts: string;
  /** Whether the answer changes by the second: the others are asked less often while somebody watches. */
  readonly isQuick: boolean;
  readonly ask: (pool: Pool, asked: Asked) => Promise<AnswerRow[]>;
};

export const QUESTIONS = {
  saw_ad: {
    asks: 'How many users saw the ad of one category against another in the last minute?',
    counts: 'Distinct people with a banner show in the last 60 seconds, by category',
    isQuick: true,
    ask: sawAd,
  },
  ordered_now: {
    asks: 'Which category is ordered most at the moment?',
    counts: 'Orders in the last 60 minutes, this one included',
    isQuick: true,
    ask: orderedNow,
  },
  devices: {
    asks: 'How many use mobile against desktop, overall and right now?',
    counts:
      'Distinct people. Overall: all years, each person once a year. Right now: the last 10 minutes. Who used both is in both',
    isQuick: false,
    ask: devicesNow,
  },
  targets: {
    asks: 'How do the five categories stand against target 1?',
    counts:
      'Events with target 1, which are the orders, of all time; the share is of all events of the category',
    isQuick: false,
    ask: targets,
  },
  pages: {
    asks: 'Which page is visited most right now?',
    counts:
      'Openings of product pages (clicks) in the last 10 minutes. The front page leaves no event of its own',
    isQuick: false,
    ask: pagesNow,
  },
  no_order: {
    asks: 'How many clicked and did not order?',
    counts:
      'Distinct people who clicked any banner and never ordered anything; files and live events counted apart',
    isQuick: false,
    ask: noOrder,
  },
  orders_by_month: {
    asks: 'How do this year’s orders compare with 2019, month by month?',
    counts: 'Orders in each calendar month',
    isQuick: false,
    ask: ordersByMonth,
  },
  no_order_by_category: {
    asks: 'For which category is that most common?',
    counts: 'Distinct people who clicked a banner of the category and never ordered anything of it',
    isQuick: false,
    ask: noOrderByCategory,
  },
} as const satisfies Readonly<Record<string, Question>>;

export type QuestionName = keyof typeof QUESTIONS;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];
