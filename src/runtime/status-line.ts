// Progress of a command: one line that is rewritten on a terminal, plain lines now and then elsewhere.

const REDRAW_MS = 100;
const LINE_MS = 5_000;

export type Output = { readonly isTTY?: boolean; write(text: string): unknown };

export type StatusLine = {
  /** Shows a text, unless the last one was shown just before. `first`: in any case. */
  show(text: () => string, first?: boolean): void;
  /** Takes the line from the terminal; before anything else is written there. */
  clear(): void;
};

export function statusLine(out: Output, now: () => number = Date.now): StatusLine {
  const terminal = out.isTTY === true;
  let shownAt: number | undefined;
  return {
    show: (text, first = false) => {
      const time = now();
      const soon = shownAt !== undefined && time - shownAt < (terminal ? REDRAW_MS : LINE_MS);
      if (soon && !first) return;
      shownAt = time;
      out.write(terminal ? `\r\x1b[2K${text()}` : `${text()}\n`);
    },
    clear: () => void (terminal && shownAt !== undefined && out.write('\r\x1b[2K')),
  };
}

/** Seconds as 0:07 or 1:02:03. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}
