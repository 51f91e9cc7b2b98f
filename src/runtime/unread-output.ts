import { codeOf } from './errors.ts';

/** What a stream says whose reader is gone: a pipe's, and a closed terminal's. */
const READER_GONE = ['EPIPE', 'EIO'];

/**
 * Lets the process go on when nobody reads its output any more, as with `npm start | head` or a closed terminal. For the whole
 * process: what it prints from then on is lost.
 */
export function goOnUnread(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!READER_GONE.includes(codeOf(error) ?? '')) throw error;
    });
}
