// Present mode on the whole screen: a button where the browser can, and Escape, which leaves the full screen first and then the mode.

import { setText } from './bars.js';

const button = /** @type {HTMLButtonElement} */ (document.querySelector('[data-full-screen]'));
const leave = /** @type {HTMLAnchorElement} */ (document.querySelector('[data-leave]'));
const refused = /** @type {HTMLElement} */ (document.querySelector('[data-full-screen-refused]'));

function show() {
  setText(button, document.fullscreenElement === null ? 'Full screen' : 'Leave full screen');
}

async function toggle() {
  try {
    if (document.fullscreenElement === null) await document.documentElement.requestFullscreen();
    else await document.exitFullscreen();
    setText(refused, '');
  } catch {
    setText(refused, 'The browser does not allow it.');
  }
}

if (document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener('click', () => void toggle());
  document.addEventListener('fullscreenchange', show);
}

// In full screen the browser takes the key for itself; of an open dialog it closes that alone.
document.addEventListener('keydown', ({ key }) => {
  const isBusy = document.fullscreenElement !== null || document.querySelector('dialog[open]') !== null;
  if (key === 'Escape' && !isBusy) leave.click();
});
