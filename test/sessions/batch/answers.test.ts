import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answers, formatAnswers, readAnswers } from '../../../src/sessions/batch/answers.ts';
import { ANSWERS } from '../../../src/sessions/options.ts';
import { ask, clickLine, GAP_MS, writeFiles } from './files.ts';
import { type PlainClick, plainAnswers } from './plain.ts';

const NAMES = ['part-00000.json.gz', 'part-00001.json', 'zz.json.gz'] as const;
/** Around midnight, with exact gaps, and before 1970. */
const anyTime = fc.oneof(
  fc.constantFrom(0, -1, -GAP_MS, GAP_MS - 1, 8.64e15, -8.64e15),
  fc
    .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(-1, 0, 0, 0, 1, 61_001))
    .map(([gaps, more]) => 1_556_668_800_000 + gaps * GAP_MS + more),
);
const anyValue = fc.constantFrom(
  'Chrome',
  'null',
  'None',
  'undefined',
  '__proto__',
  'constructor',
  '',
  '7',
  'a "b" \\ c',
  'ünï ✓',
  '10',
);
const anyClick: fc.Arbitrary<PlainClick> = fc.record({
  anonymous_id: fc.constantFrom('a', 'b', '__proto__', 'null', 'None', 'ü"'),
  browser_family: anyValue,
  os_family: anyValue,
  device_family: anyValue,
  device_sent_timestamp: anyTime,
});
type Line = { readonly text: string; readonly click?: PlainClick };
const good = anyClick.map((click): Line => ({ text: clickLine(click), click }));
const escaped = (json: string) =>
  json.replaceAll(/[^ -~]|[Cou](?=\w)/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** Spelled otherwise than JSON.stringify does, and still a click. */
const oddlySpelled = anyClick.map((click): Line => {
  const fields = Object.entries(click).map(
    ([name, value]) => ` "${name}" : ${escaped(JSON.stringify(value))}`,
  );
  return { text: `{${fields.reverse().join(' ,\t')} }\r`, click };
});
const bad = fc
  .constantFrom(
    'no JSON',
    '{"anonymous_id":',
    '[1]',
    '"text"',
    'null',
    clickLine({ device_sent_timestamp: '1556668800000' }),
    clickLine({ device_sent_timestamp: undefined }),
    clickLine({ device_sent_timestamp: null }),
    clickLine({ device_sent_timestamp: 1e18 }),
    clickLine({ device_sent_timestamp: 1.5 }),
    clickLine({ device_sent_timestamp: true }),
    clickLine({ browser_family: undefined }),
    clickLine({ browser_family: null }),
    clickLine({ os_family: 7 }),
    clickLine({ device_family: ['Other'] }),
    clickLine({ anonymous_id: '' }),
    clickLine({ anonymous_id: null }),
  )
  .map((text): Line => ({ text }));
const blank = fc.constantFrom('', '  ', '\r').map((text): Line => ({ text }));

const anyFile = (lines: fc.Arbitrary<Line>) => fc.array(lines, { maxLength: 25 });
const anyFiles = (lines: fc.Arbitrary<Line>) => fc.tuple(anyFile(lines), anyFile(lines), anyFile(lines));

function asEntries(answers: Answers) {
  const fields = (lists: Answers['sessions_per_value']) =>
    [...(lists ?? [])]
      .flatMap(([field, values]) => [...values].map(([value, number]) => [field, value, number]))
      .toSorted();
  return {
    perFile: [...(answers.sessions_per_file ?? [])].toSorted(),
    values: fields(answers.sessions_per_value),
    medians: fields(answers.median_seconds_per_value),
  };
}

async function expectAsPlain(
  files: readonly (readonly Line[])[],
  gapMs: number,
  multiEventOnly: boolean,
): Promise<void> {
  const texts = files.map((lines) => lines.map(({ text }) => `${text}\n`).join(''));
  const paths = writeFiles(Object.fromEntries(NAMES.map((name, index) => [name, texts[index] ?? ''])));
  const { answer, setAside } = await ask(paths, (connection) => readAnswers(connection, ANSWERS), {
    gapMs,
    multiEventOnly,
  });
  const plain = NAMES.map((name, index) => ({
    name,
    clicks: (files[index] ?? []).flatMap(({ click }) => click ?? []),
  }));
  expect(asEntries(answer)).toEqual(plainAnswers(plain, gapMs, multiEventOnly));
  const expected = files.flatMap((lines, index) =>
    lines.flatMap(({ text, click }, at) =>
      click === undefined && text.trim() !== '' ? [`${NAMES[index]}:${at + 1}`] : [],
    ),
  );
  expect(setAside.map(({ file, line }) => `${file}:${line}`)).toEqual(expected);
}

const anyGap = fc.constantFrom(GAP_MS, GAP_MS, 1, 61_001, 86_400_000);

it('the answers about files without a fault are those of a plain walk through them', async () => {
  await fc.assert(fc.asyncProperty(anyFiles(good), anyGap, fc.boolean(), expectAsPlain), { numRuns: 12 });
}, 240_000);

it('lines with a fault are named with file and line, and the rest is answered as if they were not there', async () => {
  const any = fc.oneof({ weight: 5, arbitrary: good }, oddlySpelled, bad, blank);
  await fc.assert(fc.asyncProperty(anyFiles(any), anyGap, fc.boolean(), expectAsPlain), { numRuns: 12 });
}, 240_000);

it('an event tied in time over two files belongs to the first by name, whatever order they are given in', async () => {
  const paths = writeFiles({ 'b.json': `${clickLine()}\n`, 'a.json': `${clickLine()}\n` });
  const { answer } = await ask(paths, (connection) => readAnswers(connection, ['files']));
  expect([...(answer.sessions_per_file ?? [])]).toEqual([
    ['a.json', 1],
    ['b.json', 0],
  ]);
});

it('JSON has its keys sorted, also those that look like numbers, and loses no __proto__', async () => {
  const lines = ['__proto__', '10', '9', 'a'].map((browser_family) => clickLine({ browser_family }));
  const paths = writeFiles({ 'a.json': lines.join('\n') });
  const { answer } = await ask(paths, (connection) => readAnswers(connection, ['values']));
  const json = formatAnswers(answer, 'json');
  expect(json).toBe(`{
  "sessions_per_value": {
    "browser_family": {
      "10": 1,
      "9": 1,
      "__proto__": 1,
      "a": 1
    },
    "device_family": {
      "Other": 1
    },
    "os_family": {
      "Android": 1
    }
  }
}
`);
});

it('CSV quotes what has commas, quotes and line ends', async () => {
  const paths = writeFiles({ 'a.json': clickLine({ browser_family: 'a, "b"\nc' }) });
  const { answer } = await ask(paths, (connection) => readAnswers(connection, ['medians']));
  expect(formatAnswers(answer, 'csv')).toBe(
    'answer,field,value,number\n' +
      'median_seconds_per_value,browser_family,"a, ""b""\nc",0\n' +
      'median_seconds_per_value,device_family,Other,0\n' +
      'median_seconds_per_value,os_family,Android,0\n',
  );
});
