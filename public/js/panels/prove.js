// "Prove it": the sessions that are kept beside those that the batch finds in the stored events, of the last eight hours or of the
// dataset, as the button says.

import { askJson } from '../ask-json.js';
import { exact, plural } from '../dashboard/format.js';
import { messageOf } from '../message-of.js';

const button = /** @type {HTMLElement | null} */ (document.querySelector('[data-prove]'));
const proof = document.querySelector('[data-proof]');

let isProving = false;

/** @param {HTMLElement} button */
async function prove(button) {
  if (isProving) return;
  isProving = true;
  proof.textContent = 'Counting again …';
  try {
    const source = button.dataset.prove || 'live';
    const { sessions, events, differences } = await askJson(`/api/sessions/verification?source=${source}`);
    const words = differences.length === 0 ? 'no difference' : plural(differences.length, 'difference');
    proof.textContent = `Counted again from ${exact(events)} stored events: ${plural(sessions, 'session')}, ${words}.`;
  } catch (error) {
    proof.textContent = `That could not be counted: ${messageOf(error)}`;
  } finally {
    isProving = false;
  }
}

button?.addEventListener('click', () => void prove(button));
