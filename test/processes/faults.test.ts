import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { DetourSigns, Faults } from '../../src/processes/faults.ts';
import { eventually } from '../support/eventually.ts';

/** A child as far as the signs need it, and the detours that it was told last. */
function aChild() {
  const told: unknown[] = [];
  const child = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: { readonly detours: unknown }) => told.push(message.detours) > 0,
  });
  return { child: child as unknown as ChildProcess & EventEmitter, told };
}

function faultsOf() {
  const signs = new DetourSigns();
  const faults = new Faults(signs);
  onTestFinished(() => faults.close());
  return { signs, faults };
}
const slow = (changes = {}) =>
  ({ do: 'fault', target: 'kafka', kind: 'slow', ms: 40, seconds: 60, ...changes }) as const;
const DETOUR = { port: expect.any(Number), token: expect.stringMatching(/^[0-9a-f]{32}$/) };

it('a child is told the detours at its start and at each change, one that has ended no more', async () => {
  const { signs, faults } = faultsOf();
  const [first, late] = [aChild(), aChild()];
  signs.showTo(first.child);
  await faults.begin(slow());
  signs.showTo(late.child);
  first.child.emit('exit', 0);
  await faults.begin(slow({ target: 'postgres' }));
  expect(first.told).toEqual([
    { kafka: null, postgres: null },
    { kafka: DETOUR, postgres: null },
  ]);
  expect(late.told).toEqual([
    { kafka: DETOUR, postgres: null },
    { kafka: DETOUR, postgres: DETOUR },
  ]);
});

it('a fault is listed with when it ends, until it is healed', async () => {
  const { signs, faults } = faultsOf();
  const { child, told } = aChild();
  signs.showTo(child);
  const before = Date.now();
  await faults.begin(slow());
  await faults.begin(slow({ target: 'postgres', kind: 'silent' }));
  expect(faults.list).toEqual([
    { target: 'kafka', kind: 'slow', ms: 40, until: expect.any(String) },
    { target: 'postgres', kind: 'silent', ms: null, until: expect.any(String) },
  ]);
  expect(Date.parse(faults.list[0]?.until ?? '')).toBeGreaterThanOrEqual(before + 60_000);
  faults.heal();
  faults.heal();
  expect(faults.list).toEqual([]);
  expect(told.at(-1)).toEqual({ kafka: null, postgres: null });
});

it('a fault takes the place of one of the same server', async () => {
  const { faults } = faultsOf();
  await faults.begin(slow());
  await faults.begin(slow({ kind: 'cut' }));
  expect(faults.list.map(({ kind }) => kind)).toEqual(['cut']);
});

it('a fault ends by itself', async () => {
  const { faults } = faultsOf();
  await faults.begin(slow({ seconds: 0.01 }));
  await eventually(() => faults.list.length === 0);
});
