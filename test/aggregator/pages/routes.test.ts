// The form beside the manual's page: each section, choice and button that it names is there.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Line, startLine } from '../../support/line.ts';

let line: Line;
let api: ReturnType<typeof request>;
let form: string;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  api = request(line.url);
  const producer = line.kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'papers', messages: [{ value: '{"subscriber":"Ada","sheets":3}' }] });
  await producer.disconnect();
  const rows = { 'periods.0.field': '', 'aggregate.0.field': 'sheets' };
  form = (await post({ do: 'add-conditions', topic: 'papers', ...rows })).text;
});

/** The form once a button was pressed. */
const post = (fields: Readonly<Record<string, string>>) =>
  api
    .post('/aggregator/new')
    .type('form')
    .send({ 'group.0.field': '', 'aggregate.0.operation': 'SUM', by: 'TIMEOUT', ...fields })
    .expect(200);

const textsOf = (html: string, element: string): string[] =>
  [...html.matchAll(new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`, 'g'))].map(([, inner = '']) =>
    inner
      .replace(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .trim(),
  );
/** What is within the element of this id. */
const within = (element: string, id: string): string =>
  new RegExp(`<${element} id="${id.replaceAll('.', '\\.')}"[^>]*>([\\s\\S]*?)</${element}>`).exec(
    form,
  )?.[1] ?? '';
const choicesOf = (id: string): string[] => textsOf(within('select', id), 'option');

describe('the form of a definition, beside the manual', () => {
  it('a pasted text stays in its box until the form is filled from it', async () => {
    const boxOf = (html: string) => /<textarea id="text"[^>]*>\n([\s\S]*?)<\/textarea>/.exec(html)?.[1];
    const wrong = 'name: [<b>';
    for (const asked of ['text', 'add-group', 'preview'])
      expect(boxOf((await post({ do: asked, text: wrong })).text)).toBe('name: [&lt;b&gt;');
    const right =
      'name: pasted\ngroup: {fields: [user]}\naggregate: [{operation: COUNT}]\nflush: {by: END_OF_STREAM}';
    const filled = (await post({ do: 'text', text: right })).text;
    expect(boxOf(filled)).toBe('');
    expect(filled).toMatch(/<input id="name"[^>]* value="pasted"/);
  });

  it('the form has a section for group fields, one for aggregate fields, and one for when they are flushed', () => {
    expect(textsOf(form.slice(form.indexOf('<main')), 'legend')).toEqual([
      'Definition',
      'Group fields',
      'Aggregate fields',
      'Flush by',
    ]);
  });

  it('records may be grouped by time where a box is ticked, by hour, day, month or year', () => {
    expect(form).toMatch(
      /<input id="by_time"[^>]* type="checkbox"[^>]*> <label for="by_time">Group based on date\/time</,
    );
    expect(choicesOf('periods.0.period')).toEqual(['Hour', 'Day', 'Month', 'Year']);
    expect(form).toContain('2019-01-13T00:00:00.000Z');
  });

  it('operations are offered in the two groups of the manual', () => {
    const operations = within('select', 'aggregate.0.operation');
    expect([...operations.matchAll(/<optgroup label="(\w+)"/g)].map(([, title]) => title)).toEqual([
      'Numeric',
      'General',
    ]);
    expect(textsOf(operations, 'optgroup').length).toBe(2);
    expect(choicesOf('aggregate.0.operation')).toEqual([
      ...['SUM', 'MAX', 'MIN', 'AVERAGE'],
      ...['COUNT', 'CARRY_FIRST', 'CARRY_LAST'],
    ]);
    expect(operations).toMatch(/<option selected>SUM</);
  });

  it('a definition is flushed by the end of a transaction, the end of the stream, or a timeout of four types', () => {
    expect(choicesOf('by').map((words) => words.replace(/ \(.*/, ''))).toEqual([
      'Timeout',
      'End of transaction',
      'End of stream',
    ]);
    expect(choicesOf('timeout_type').map((words) => words.replace(/:.*/, ''))).toEqual([
      'Hour',
      'Day',
      'Month',
      'Based on timestamp field',
    ]);
    expect(choicesOf('day')).toEqual([...Array.from({ length: 31 }, (_, at) => String(at + 1)), 'last day']);
    expect(form).toMatch(/<input id="time"[^>]* type="time"/);
    expect(within('datalist', 'zones')).toContain('value="America/New_York"');
  });

  it('a condition is named, based on an input field or an aggregated one, and compared as its type allows', () => {
    expect(form).toContain('<label for="conditions.0.name">Condition name</label>');
    expect(choicesOf('conditions.0.based')).toEqual(['Aggregated field', 'Input field']);
    expect(choicesOf('conditions.0.type')).toEqual(['Numerical values', 'Text values', 'Boolean']);
    expect(choicesOf('conditions.0.operator').map((words) => words.slice(0, 1))).toEqual([...'=≠<≤>≥']);
    expect(choicesOf('conditions.0.text_operator')).toEqual(['equals', 'not equals', 'contains']);
    expect(choicesOf('conditions.0.truth')).toEqual(['True', 'False']);
    const offered = [...within('datalist', 'outputs').matchAll(/value="([^"]*)" label="(\w+)/g)];
    expect(offered.map(([, name, kind]) => `${name}: ${kind}`)).toEqual([
      'sum_sheets: aggregated',
      'subscriber: input',
      'sheets: input',
    ]);
  });

  it.each([
    ['add-group', '+ Add group field', 'group.1.field'],
    ['add-periods', '+ Add period field', 'periods.1.period'],
    ['add-aggregate', '+ Add aggregate field', 'aggregate.1.operation'],
    ['add-conditions', '+ Add condition', 'conditions.0.name'],
  ])('the button %s, “%s”, adds a row', async (pressed, words, box) => {
    expect(form).toContain(`value="${pressed}">${words}</button>`);
    const { text } = await post({ do: pressed, 'periods.0.field': '', 'periods.0.period': 'DAY' });
    expect(text).toContain(`id="${box}"`);
  });
});
