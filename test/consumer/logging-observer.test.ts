import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loggingObserver } from '../../src/consumer/logging-observer.ts';

/** An observer, and the messages that it has written, with their level. */
function observed() {
  const lines: [level: number, message: string][] = [];
  const out = {
    write: (line: string) => {
      const { level, msg } = JSON.parse(line);
      lines.push([level, msg]);
    },
  };
  return { observer: loggingObserver(pino({}, out)), lines };
}

it('the log says once that a batch was not stored, and that Postgres is back', () => {
  const { observer, lines } = observed();
  observer.failed(new Error('away'), true);
  observer.failed(new Error('away'), false);
  observer.recovered();
  expect(lines).toEqual([
    [40, 'a batch was not stored in Postgres; trying again'],
    [30, 'Postgres is back'],
  ]);
});

it('the log is silent about a pause that stop() has ended', () => {
  const { observer, lines } = observed();
  observer.failed(new DOMException('stopped', 'AbortError'), true);
  expect(lines).toEqual([]);
});

it('the log warns with the details that it is given', () => {
  const { observer, lines } = observed();
  observer.warned('records are missing', { partition: 2 });
  observer.noted('could not look', new Error('away'));
  expect(lines).toEqual([[40, 'records are missing']]);
});
