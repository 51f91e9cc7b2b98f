// A lesson's page and the quiz: the pipe moves above the question, the run says how far it is, the quiz keeps the score.

import { address } from '../base.js';
import { listen } from '../live.js';
import { Drawing } from './drawing.js';
import { ledgerLine, runWords, scoreWords, spokenWords } from './lesson-words.js';

const ASK_EVERY_MS = 1_000;

const main = document.querySelector('main');
/** @param {string} selector @returns {HTMLElement | null} null where the lesson's page has it and the quiz has not, or the other way round */
const find = (selector) => main.querySelector(selector);
const drawing = new Drawing(main.querySelector('[data-drawing]'));
const ledgerPlace = find('[data-ledger-line]');

listen(
  '/api/pipeline/stream',
  {
    /** @param {import('../../../src/pipeline/state.ts').PipelineState} state */
    pipeline(state) {
      drawing.show(state);
      if (state.ledger !== null && ledgerPlace !== null) ledgerPlace.textContent = ledgerLine(state.ledger);
    },
  },
  () => {},
);

/** @type {string | undefined} */
let spoken;
/** @param {import('../../../src/lessons/run-answer.ts').RunAnswer} run */
function showRun(run) {
  const words = find('[data-run-words]');
  if (words === null) return;
  const text = runWords(run);
  if (words.textContent !== text) words.textContent = text;
  words.dataset.runState = run.state;
  const before = spoken;
  spoken = spokenWords(run);
  if (before !== undefined && spoken !== before) main.querySelector('[data-run-spoken]').textContent = spoken;
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
    // The shop is away: it is asked again.
  }
  setTimeout(() => follow(lesson), ASK_EVERY_MS);
}

const { lesson, quiz } = main.dataset;
if (lesson !== undefined) follow(lesson);

const SCORE = 'quiz-score';

/** Points and rounds of this tab so far. @returns {[points: number, rounds: number]} */
function readScore() {
  try {
    const [points, rounds] = JSON.parse(sessionStorage.getItem(SCORE) ?? '[0,0]');
    return [points, rounds];
  } catch {
    // Storage is forbidden: each round is the first.
    return [0, 0];
  }
}

/** @param {readonly [points: number, rounds: number]} score */
function keepScore(score) {
  try {
    sessionStorage.setItem(SCORE, JSON.stringify(score));
  } catch {
    // As above.
  }
}

if (quiz !== undefined) {
  let [points, rounds] = readScore();
  const verdict = find('[data-points]');
  if (verdict !== null) {
    points += Number(verdict.dataset.points);
    rounds += 1;
    keepScore([points, rounds]);
  }
  main.querySelector('[data-score]').textContent = scoreWords(points, rounds);
}
