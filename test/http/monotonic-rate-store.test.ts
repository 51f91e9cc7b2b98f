import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MonotonicRateStore } from '../../src/http/monotonic-rate-store.ts';

const WINDOW = 10;

it('the store counts an address in windows that begin with its first request, beside a plain list of all requests', () => {
  const request = fc.record({ key: fc.constantFrom('a', 'b', 'c'), after: fc.nat(7) });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
      let now = 0;
      const store = new MonotonicRateStore(WINDOW, () => now);
      const windows = new Map<string, { from: number; hits: number }>();
      for (const { key, after } of requests) {
        now += after;
        const known = windows.get(key);
        const window = known === undefined || now - known.from >= WINDOW ? { from: now, hits: 0 } : known;
        window.hits++;
        windows.set(key, window);
        expect(store.increment(key).totalHits).toBe(window.hits);
      }
    }),
  );
});

it('the store takes a request back, never below none, nor one of an address that is gone', () => {
  const store = new MonotonicRateStore(WINDOW, () => 0);
  store.increment('a');
  store.increment('a');
  store.decrement('a');
  expect(store.increment('a').totalHits).toBe(2);
  for (let times = 0; times < 5; times++) store.decrement('a');
  store.decrement('nobody');
  expect(store.increment('a').totalHits).toBe(1);
  store.resetKey('a');
  expect(store.increment('a').totalHits).toBe(1);
});

it('the store gives no time of reset, which would be of the wall clock', () => {
  expect(new MonotonicRateStore(WINDOW, () => 0).increment('a').resetTime).toBeUndefined();
});
