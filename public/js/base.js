// Where the shop is found below a path of its host (PUBLIC_URL).

const { base = '' } = document.documentElement.dataset;
/** @param {string} path from the shop's root */
export const address = (path) => base + path;

// Who was sent to a page once more (src/site/first-tabs.ts) need not see it in the address.
const here = new URL(location.href);
if (here.searchParams.has('again')) {
  here.searchParams.delete('again');
  history.replaceState(history.state, '', here);
}
