// Runs before the first paint, so that a chosen theme does not flash by in the other one. The switch itself is
// theme-switch.js.

try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the page has the system's theme.
}
