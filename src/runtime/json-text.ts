// JSON whose sender may have nested it deeper than there is stack: JSON.parse takes that, and what walks through the value does not.

/** More than anybody means, and less than a stack holds. */
const MOST_LEVELS = 1_000;

/** A value as JSON for a message; the kind of value where it is nested too deeply. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return Array.isArray(value) ? 'an array that is nested too deeply' : `a value of type ${typeof value}`;
  }
}

/** Whether lists and objects of a JSON text are nested more than 1,000 levels deep. */
export function isNestedTooDeeply(json: string): boolean {
  if (json.length <= MOST_LEVELS) return false;
  let [levels, isText] = [0, false];
  for (let at = 0; at < json.length; at += 1) {
    const one = json[at];
    if (isText && one === '\\') at += 1;
    else if (one === '"') isText = !isText;
    else if (isText) continue;
    else if (one === '[' || one === '{') levels += 1;
    else if (one === ']' || one === '}') levels -= 1;
    if (levels > MOST_LEVELS) return true;
  }
  return false;
}
