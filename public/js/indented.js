// JSON as people read it. Nothing but the space between its tokens changes: numbers keep all their digits.

const TOKEN = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * @param {string} text valid JSON
 * @param {number} [deepest] levels; text that is nested deeper is returned unchanged, as each level makes every line within it longer
 */
export function indented(text, deepest = Number.POSITIVE_INFINITY) {
  let depth = 0;
  let before = '';
  let made = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const opens = before === '{' || before === '[';
    const closes = token === '}' || token === ']';
    if (opens && !closes) depth += 1;
    if (depth > deepest) return text;
    if (closes && !opens) depth -= 1;
    if (opens !== closes || before === ',') made += `\n${'  '.repeat(depth)}`;
    made += token === ':' ? ': ' : token;
    before = token;
  }
  return made;
}
