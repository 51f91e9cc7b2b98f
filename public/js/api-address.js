// The address that "Try it" requests.

/**
 * The address with the parameters of its path filled in; empty ones are left out of its query.
 * @param {string} path /api/dead-letters/{id}
 * @param {Iterable<readonly [name: string, value: string]>} values
 */
export function addressOf(path, values) {
  let filled = path;
  const query = new URLSearchParams();
  for (const [name, value] of values) {
    if (path.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '') query.set(name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}
