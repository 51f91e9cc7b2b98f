// The switch of the simulated shoppers: most people never open it, so its script is loaded when somebody does.

/** @type {HTMLDetailsElement | null} */
const crowd = document.querySelector('[data-crowd]');
if (crowd !== null) {
  crowd.hidden = false;
  crowd.addEventListener('toggle', () => import('./simulator.js'), { once: true });
}
