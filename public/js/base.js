// Where the shop is found below a path of its host (PUBLIC_URL).

const { base = '' } = document.documentElement.dataset;
/** @param {string} path from the shop's root */
export const address = (path) => base + path;

// A visitor who was sent to this page a second time (src/site/first-tabs.ts) does not see that in the address.
const here = new URL(location.href);
if (here.searchParams.has('again')) {
  here.searchParams.delete('again');
  history.replaceState(history.state, '', here);
}
