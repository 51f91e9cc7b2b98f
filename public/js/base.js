// The path below which the shop is found (PUBLIC_URL); the server writes it into each page.

const base = document.documentElement.dataset.base ?? '';

/** @param {string} path an address of the shop, from / on */
export const address = (path) => base + path;
