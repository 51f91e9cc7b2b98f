// The switch between light and dark. Choosing what the system says anyway forgets the choice, so that the page
// follows the system again. Others hear of a change by the event `theme` on the window.

const system = matchMedia('(prefers-color-scheme: dark)');
const root = document.documentElement;
const button = /** @type {HTMLElement | null} */ (document.querySelector('.theme-switch'));

const current = () => root.dataset.theme ?? (system.matches ? 'dark' : 'light');
const other = () => (current() === 'dark' ? 'light' : 'dark');

/** @param {string | undefined} theme */
function remember(theme) {
  try {
    if (theme === undefined) localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage is forbidden: the choice lasts for this page.
  }
}

function say() {
  button?.setAttribute('aria-label', `Switch to the ${other()} theme`);
  window.dispatchEvent(new Event('theme'));
}

/** @param {'light' | 'dark'} theme */
function choose(theme) {
  const asSystem = theme === (system.matches ? 'dark' : 'light');
  if (asSystem) delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember(asSystem ? undefined : theme);
  say();
}

if (button !== null) {
  button.hidden = false;
  button.addEventListener('click', () => choose(other()));
  system.addEventListener('change', say);
  say();
}
