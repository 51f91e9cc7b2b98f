import { expect, test } from 'vitest';
import { Journal } from '../../src/broker/journal.ts';
import { ProducerIds } from '../../src/broker/producer-ids.ts';
import { failing } from './failing-disk.ts';
import { testFolder } from './running-broker.ts';

// The first batch of a producer that has the id of another would be taken for a repeated one: acknowledged, but not stored.
test.each([['writeSync'], ['fsyncSync']] as const)(
  'no id is given out twice where %s fails while a block is reserved',
  (call) => {
    const file = `${testFolder()}/journal`;
    const journal = new Journal(file);
    const ids = new ProducerIds(journal);
    failing([call], () => {
      expect(() => ids.next()).toThrow('EIO');
    });
    const given = Array.from({ length: 10 }, () => ids.next());
    journal.close();
    const later = new Journal(file);
    const after = new ProducerIds(later);
    given.push(after.next(), after.next());
    expect(new Set(given).size).toBe(given.length);
    later.close();
  },
);
