// The switch of the simulated shoppers: what they do, asked every other second while somebody looks, and what they shall do. It is
// loaded when the switch is opened (crowd.js).

import { askJson } from './ask-json.js';
import { messageOf } from './message-of.js';

const ASK_MS = 2_000;

/** @typedef {import('../../src/simulator/control/operations.ts').SimulatorAnswer} Answer */

const root = document.querySelector('[data-crowd]');
const form = /** @type {FormWith<'rate' | 'users'>} */ (root.querySelector('[data-crowd-form]'));
/** @param {string} name */
const part = (name) => root.querySelector(`[data-crowd-${name}]`);
const faults = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('[data-fault]')]);
const number = new Intl.NumberFormat('en');
/** @param {number} rate */
const events = (rate) => `${number.format(rate)} event${rate === 1 ? '' : 's'} a second`;
/** A share of 1 as a percentage, without the digits that multiplying by a hundred leaves. @param {number} share */
const percent = (share) => Number((share * 100).toFixed(4));

/**
 * @param {Readonly<Record<string, number | undefined>>} faults
 * @param {string | undefined} name
 */
const shareOf = (faults, name) => faults[name ?? ''];

/** @type {Answer} */
let known;
let isTouched = false;

/** @param {Answer} answer */
const shares = ({ settings }) => Object.entries(settings.faults).filter(([, share]) => share > 0);

/** @param {Answer} answer */
function stateText({ state, settings, run }) {
  if (state === 'absent') return 'nobody: no simulator runs';
  if (state === 'stopped') return 'stopped';
  if (run === null) return 'on their way';
  const faulty = shares(known)
    .map(([name, share]) => `${name.replaceAll('-', ' ')} ${percent(share)} %`)
    .join(', ');
  return `${events(run.rate)} of ${number.format(settings.rate)}${faulty === '' ? '' : `, with faults: ${faulty}`}`;
}

/** @param {Answer} answer */
function runText({ state, run }) {
  if (state === 'absent')
    return 'They are a part of the program: npm start -- simulator brings them, in a terminal of its own.';
  if (run === null) return 'Their events say that they are simulated.';
  /** @param {number | null} value */
  const ms = (value) => (value === null ? '–' : `${number.format(Math.round(value))} ms`);
  const ledger =
    run.ledger === null ? '' : ` What was injected: npm run simulate -- verify ${run.ledger} compares it.`;
  return `${number.format(run.events)} events since ${new Date(run.since).toLocaleTimeString('en-GB')}, answered within ${ms(run.p50_ms)} (99 %: ${ms(run.p99_ms)}), ${number.format(run.errors)} errors.${ledger}`;
}

/** @param {Answer} answer */
function fill({ settings }) {
  form.elements.rate.value = String(settings.rate);
  form.elements.users.value = String(settings.users ?? '');
  for (const input of faults) input.value = String(percent(shareOf(settings.faults, input.name) ?? 0));
}

/** @param {Answer} answer */
function show(answer) {
  known = answer;
  root.dataset.state = answer.state === 'running' && shares(answer).length > 0 ? 'faulty' : answer.state;
  part('state').textContent = stateText(answer);
  part('run').textContent = runText(answer);
  part('switch').textContent = answer.settings.running ? 'Stop them' : 'Start them';
  for (const count of form.querySelectorAll('[data-count-of]')) {
    const injected = shareOf(answer.run?.faults ?? {}, count.dataset.countOf);
    count.textContent = injected === undefined ? '' : `${number.format(injected)} so far`;
  }
  for (const control of form.elements) control.toggleAttribute('disabled', !answer.may_change);
  if (!answer.may_change)
    note('Only the shop’s own machine, or who has the admin password, may change them.');
  if (!isTouched) fill(answer);
}

/** @param {string} text */
const note = (text) => {
  if (part('note').textContent !== text) part('note').textContent = text;
};

/** @param {RequestInit} [options] */
async function ask(options) {
  show(await askJson('/api/simulator', options));
}

/** @param {import('../../src/simulator/control/settings.ts').Change} wanted */
async function change(wanted) {
  note('');
  try {
    await ask({
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(wanted),
    });
    isTouched = false;
    fill(known);
  } catch (error) {
    note(`Not changed: ${messageOf(error)}`);
  }
}

const look = () => {
  if (!document.hidden)
    ask().catch(() => {
      part('state').textContent = 'not known: the shop does not answer';
    });
};

form.addEventListener('input', () => {
  isTouched = true;
});
form.addEventListener('reset', (event) => {
  event.preventDefault();
  isTouched = false;
  fill(known);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { rate, users } = form.elements;
  change({
    rate: rate.valueAsNumber,
    users: users.value === '' ? null : users.valueAsNumber,
    faults: Object.fromEntries(
      faults
        .filter(({ valueAsNumber }) => valueAsNumber > 0)
        .map((input) => [input.name, input.valueAsNumber / 100]),
    ),
  });
});
part('switch').addEventListener('click', () => change({ running: !known.settings.running }));
document.addEventListener('visibilitychange', look);
setInterval(look, ASK_MS);
look();
