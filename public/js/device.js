// Safari on an iPad calls itself a Macintosh, and so does an iPhone that asks for the pages of desktops; no Macintosh has a touch screen.
// The shop can't tell from the request, so its page tells it with the next one (src/enrichment/request-context.ts).

import { address } from './base.js';

/** Of the larger iPhones the shorter side has 440 px, of the smallest iPad 744. */
const SMALLEST_TABLET = 600;

try {
  if (navigator.userAgent.includes('(Macintosh;') && navigator.maxTouchPoints > 1) {
    const type = Math.min(screen.width, screen.height) < SMALLEST_TABLET ? 'mobile' : 'tablet';
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API came to Safari with version 18.4 only
    document.cookie = `device_type=${type}; Path=${address('/')}; SameSite=Lax${secure}`;
  }
} catch {
  // Cookies are forbidden: it stays a Macintosh.
}
