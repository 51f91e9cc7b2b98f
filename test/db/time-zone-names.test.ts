import { expect, it } from 'vitest';
import { isSameZone, machineTimeZone, spellingsOf } from '../../src/db/time-zone-names.ts';

it.each([
  ['Asia/Kolkata', 'Asia/Calcutta'],
  ['Europe/Kyiv', 'Europe/Kiev'],
  ['Asia/Ho_Chi_Minh', 'Asia/Saigon'],
  ['America/Argentina/Buenos_Aires', 'America/Buenos_Aires'],
  ['Asia/Kathmandu', 'Asia/Katmandu'],
  ['Asia/Yangon', 'Asia/Rangoon'],
])('%s and %s are names of one zone', (name, other) => {
  expect(spellingsOf(name)[0]).toBe(name);
  expect(spellingsOf(name)).toContain(other);
  expect(spellingsOf(other)).toContain(name);
  expect(isSameZone(name, other)).toBe(true);
  expect(isSameZone(name, 'Europe/Berlin')).toBe(false);
});

it('an alias has the name that it stands for, whatever its letters', () => {
  expect(isSameZone('europe/berlin', 'Europe/Berlin')).toBe(true);
  expect(isSameZone('asia/calcutta', 'Asia/Kolkata')).toBe(true);
});

it('a zone that there is not has its own name alone', () => {
  expect(spellingsOf('Mars/Olympus')).toEqual(['Mars/Olympus']);
});

it.each([
  ['TZ=Weird/Zone, a file or UTC0', undefined, 'UTC'],
  ['TZ=', 'Etc/Unknown', 'UTC'],
  ['TZ=GMT+3', 'GMT+03:00', 'UTC'],
  ['TZ=<+03>-3 of newer Nodes', '+03:00', 'UTC'],
  ['TZ=Etc/GMT+3', 'Etc/GMT+3', 'Etc/GMT+3'],
  ['TZ=Europe/Berlin', 'Europe/Berlin', 'Europe/Berlin'],
])('the machine’s zone with %s is one that there is', (_name, told, zone) => {
  expect(machineTimeZone(told)).toBe(zone);
});
