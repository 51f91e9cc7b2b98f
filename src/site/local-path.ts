// Where a form or a login leads back to: anybody can make a link to it, so that only a path of this site is taken.

/** A path of this site with its query, as it was given; `otherwise` in its place for anything else, as another site's address. */
export const localPath = (given: unknown, otherwise: string): string =>
  typeof given === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(given) ? given : otherwise;
