// A lesson's page and the quiz: the pipe moves above the question, the run says how far it is, the quiz keeps the score.

import { address } from '../base.js';
import { listen } from '../live.js';
import { Drawing } from './drawing.js';
import { exact } from './format.js';

const ASK_EVERY_MS = 1_000;

const main = document.querySelector('main');
/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => main.querySelector(selector);
const drawing = new Drawing(main.querySelector('[data-drawing]'));
const ledgerLine = find('[data-ledger-line]');

listen(
  '/api/pipeline/stream',
  {
    /** @param {import('../../../src/pipeline/state.ts').PipelineState} state */
    pipeline(state) {
      drawing.show(state);
      const { ledger } = state;
      if (ledger === null || ledgerLine === null) return;
      ledgerLine.textContent = `Ledger: ${exact(ledger.acknowledged)} acknowledged = ${exact(ledger.stored)} stored + ${exact(ledger.repeated)} repeated + ${exact(ledger.set_aside)} set aside + ${exact(ledger.on_the_way)} on the way.`;
    },
  },
  () => {},
);

/** @param {import('../../../src/lessons/run-answer.ts').RunAnswer} run */
function showRun(run) {
  const words = find('[data-run-words]');
  if (words === null) return;
  const left = Math.max(0, run.lasts - run.seconds);
  const texts = {
    idle: 'Not started.',
    running: left > 0 ? `Running, ${left} s to go.` : 'The pipe catches up …',
    over: 'Over. Answer below.',
    failed: `It could not be done: ${run.failure}.`,
  };
  if (words.textContent !== texts[run.state]) words.textContent = texts[run.state];
  words.dataset.runState = run.state;
  const progress = /** @type {HTMLProgressElement} */ (find('[data-progress]'));
  progress.hidden = run.state === 'idle';
  progress.value = Math.min(run.seconds, run.lasts);
  /** @type {HTMLButtonElement} */ (find('[data-answer]')).disabled = run.state !== 'over';
  const notYet = find('[data-not-yet]');
  if (notYet !== null) notYet.hidden = run.state === 'over';
  showFacts(run.facts);
}

let shown = '';
/** @param {import('../../../src/lessons/run-answer.ts').RunAnswer['facts']} facts */
function showFacts(facts) {
  const text = JSON.stringify(facts);
  if (text === shown) return;
  shown = text;
  const lines = facts.map(({ name, value, href }) => {
    const line = document.createElement('div');
    const term = document.createElement('dt');
    const definition = document.createElement('dd');
    term.textContent = name;
    if (href === null) definition.textContent = value;
    else {
      const link = document.createElement('a');
      Object.assign(link, { href: address(href), target: '_blank', rel: 'noopener', textContent: value });
      definition.append(link);
    }
    line.append(term, definition);
    return line;
  });
  find('[data-facts]')?.replaceChildren(...lines);
}

/** @param {string} lesson */
async function follow(lesson) {
  try {
    const response = await fetch(address(`/api/lessons/${lesson}`));
    const run = await response.json();
    if (response.ok) showRun(run);
  } catch {
    // The shop comes back; so does the next question.
  }
  setTimeout(() => follow(lesson), ASK_EVERY_MS);
}

const { lesson, quiz } = main.dataset;
if (lesson !== undefined) follow(lesson);

if (quiz !== undefined) {
  const KEY = 'quiz-score';
  const score = find('[data-score]');
  let [points, rounds] = [0, 0];
  try {
    [points, rounds] = JSON.parse(sessionStorage.getItem(KEY) ?? '[0,0]');
  } catch {
    // Storage is forbidden: each round is the first.
  }
  const verdict = find('[data-points]');
  if (verdict !== null) {
    points += Number(verdict.dataset.points);
    rounds += 1;
    try {
      sessionStorage.setItem(KEY, JSON.stringify([points, rounds]));
    } catch {
      // As above.
    }
  }
  if (score !== null && rounds > 0) score.textContent = `${points} of ${rounds * 3} points so far.`;
}
