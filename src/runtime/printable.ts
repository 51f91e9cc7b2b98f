/** Text of a file for a terminal: control characters, which would move its cursor or set its colours, as escapes. */
export const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
