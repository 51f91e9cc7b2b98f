// Keys of a terminal: space pauses and resumes, q stops.

import type { Pause } from './pause.ts';

const CTRL_C = '\x03';

/**
 * Follows the keys of the terminal, where there is one.
 * @param stop called for q and Ctrl-C
 * @returns a function to be called at the end
 */
export function watchKeys(pause: Pause, stop: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const onKey = (keys: Buffer) => {
    for (const key of keys.toString()) {
      if (key === ' ' || key === 'p') {
        pause.toggle();
        process.stderr.write(`\r\x1b[2K${pause.isOn ? 'paused; space resumes' : 'resumed'}\n`);
      } else if (key === 'q' || key === CTRL_C) stop();
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', onKey);
  process.stderr.write('space pauses, q stops\n');
  return () => {
    stdin.off('data', onKey);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
