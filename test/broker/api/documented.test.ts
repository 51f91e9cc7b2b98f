// The table of versions in docs/broker.md is the list that dispatch and ApiVersions are made from.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APIS } from '../../../src/broker/api/apis.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/broker.md'), 'utf8');

test('every API is on the page with its versions, and where they become flexible', () => {
  const row = /\| (\d+ \w+) \| ([^|]+) \| ([^|]*) \|/g;
  const told = [...page.matchAll(row)].map(([, api, versions, flexible]) =>
    [api, versions?.replace(', stores 3–13', ''), flexible?.trim()].join(' ').trim(),
  );
  const spoken = APIS.map(({ key, name, min, max, flexibleFrom }) => {
    const versions = min === max ? `${min}` : `${min}–${max}`;
    return `${key} ${name} ${versions} ${flexibleFrom === undefined ? '' : `from ${flexibleFrom}`}`.trim();
  });
  expect(told.sort()).toEqual(spoken.sort());
});
