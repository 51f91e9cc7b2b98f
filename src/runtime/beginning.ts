/** The first characters of a text, at most `most` UTF-16 units: never half a surrogate pair, which no page or UTF-8 can have. */
export function beginningOf(text: string, most: number): string {
  const last = text.charCodeAt(most - 1);
  const isHalf = text.length > most && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? most - 1 : most);
}

/** A text of at most `most` UTF-16 units: of a longer one the beginning, and an ellipsis as the last of them. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${beginningOf(text, most - 1)}…` : text;
