// How a load looks: one line that is written over where somebody watches a terminal, a plain line every few seconds
// elsewhere. It goes to standard error, so that standard output stays for results.

import type { Writable } from 'node:stream';
import type { LoadProgress, LoadResult } from './load/progress.ts';

const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

const whole = new Intl.NumberFormat('en');
/** With separators: 8,471,220. */
export const count = (value: number) => whole.format(value);

/** Shows progress on `out`; call done() before anything else is written there. */
export class ProgressLine {
  readonly #out: Writable & { readonly isTTY?: boolean };
  readonly #begun = Date.now();
  #step: LoadProgress['step'] | undefined;
  #stepBegun = Date.now();
  #shownAt = 0;

  constructor(out: Writable & { readonly isTTY?: boolean }) {
    this.#out = out;
  }

  show(progress: LoadProgress): void {
    const now = Date.now();
    const newStep = progress.step !== this.#step;
    if (newStep) {
      this.#step = progress.step;
      this.#stepBegun = now;
    }
    const every = this.#out.isTTY === true ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS;
    if (!newStep && now - this.#shownAt < every) return;
    this.#shownAt = now;
    const line = describe(progress, (now - this.#begun) / 1000, (now - this.#stepBegun) / 1000);
    this.#out.write(this.#out.isTTY === true ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  done(): void {
    if (this.#out.isTTY === true && this.#step !== undefined) this.#out.write('\r\u001b[2K');
  }
}

/** For example "reading: 2,500,000 rows, 310,000 rows/s, 31%, 18 s to go". */
function describe(progress: LoadProgress, seconds: number, stepSeconds: number): string {
  const { step, rows, rejected, done, resumedRows } = progress;
  const words = [`${step}: ${count(rows)} rows`];
  if (step === 'reading' && seconds > 0)
    words.push(`${count(Math.round((rows - resumedRows) / seconds))} rows/s`);
  if (done !== undefined && done > 0) {
    words.push(`${Math.floor(done * 100)}%`);
    if (stepSeconds >= 1 && done < 1) words.push(`${Math.ceil((stepSeconds / done) * (1 - done))} s to go`);
  }
  if (rejected > 0) words.push(`${count(rejected)} set aside`);
  return words.join(', ');
}

/** What a load came to, in a few lines. */
export function describeLoad({
  source,
  added,
  present,
  rejected,
  rejects,
  seconds,
  known,
}: LoadResult): string {
  if (known) return `${source} was loaded before, with the same content: nothing to do.`;
  const rate = seconds > 0 ? ` (${count(Math.round(added / seconds))} rows/s)` : '';
  const lines = [`${source}: ${count(added)} rows added in ${seconds.toFixed(1)} s${rate}`];
  if (present > 0) lines.push(`${count(present)} rows were there already`);
  if (rejected === 0) return lines.join('\n');
  lines.push(`${count(rejected)} rows set aside, all in the table rejected_rows:`);
  for (const { file, line, column, reason } of rejects) {
    lines.push(
      `  ${file}${line === null ? '' : `:${line}`}${column === null ? '' : ` ${column}`}: ${reason}`,
    );
  }
  if (rejected > rejects.length) lines.push(`  … and ${count(rejected - rejects.length)} more`);
  return lines.join('\n');
}
