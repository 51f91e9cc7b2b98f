// "Count every row": the server counts the ledger's rows anew, and one sentence says whether they agree.

import { address } from '../base.js';
import { exact } from './format.js';

const button = document.querySelector('[data-prove]');
const place = document.querySelector('[data-proof]');

/** @param {import('../../../src/pipeline/proof.ts').Proof} proof */
function inWords({
  rows,
  ledger_rows,
  dead_letters,
  ledger_dead_letters,
  followed,
  found,
  on_the_way,
  missing,
  whole,
}) {
  const counted = `${exact(rows)} rows and ${exact(dead_letters)} dead letters counted`;
  const looked = `${exact(followed)} acknowledged events looked up: ${exact(found)} found, ${exact(on_the_way)} on the way`;
  if (whole) return `${counted}, as many as in the ledger. ${looked}, none missing.`;
  return `${counted}; the ledger has ${exact(ledger_rows)} and ${exact(ledger_dead_letters)}. ${looked}. Missing: ${missing.join(', ') || 'none by name'}.`;
}

let isCounting = false;

button.hidden = false;
button.addEventListener('click', async () => {
  // A disabled button would lose the keyboard's focus.
  if (isCounting) return;
  isCounting = true;
  place.textContent = 'Counting …';
  try {
    const response = await fetch(address('/api/pipeline/ledger'));
    const answer = await response.json();
    place.textContent = response.ok ? inWords(answer) : `Can’t be counted now: ${answer.error.message}.`;
  } catch {
    place.textContent = 'Can’t be counted now: the shop does not answer.';
  }
  isCounting = false;
});
