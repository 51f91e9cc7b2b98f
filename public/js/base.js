// Where the shop is found below a path of its host (PUBLIC_URL).

const { base = '' } = document.documentElement.dataset;
export const address = (path) => base + path;
