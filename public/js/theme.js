// Runs before the first paint, so that a chosen theme does not flash by in the other one. The switch itself is
// theme-switch.js.

try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the system's theme it is.
}

// Safari on an iPad calls itself a Macintosh, and so does an iPhone that asks for the pages of desktops; no Macintosh has a touch screen.
// The shop can't tell from the request, so the page tells it with the next one (src/enrichment/request-context.ts).
try {
  const { base = '' } = document.documentElement.dataset;
  const shorterSide = Math.min(screen.width, screen.height);
  if (navigator.userAgent.includes('(Macintosh;') && navigator.maxTouchPoints > 1) {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API came to Safari with version 18.4 only
    document.cookie = `device_type=${shorterSide < 600 ? 'mobile' : 'tablet'}; Path=${base}/; SameSite=Lax${secure}`;
  }
} catch {
  // Cookies are forbidden: it stays a Macintosh.
}
