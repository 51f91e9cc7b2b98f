import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeIssue } from '../../src/events/parse.ts';
import { stepSchema } from '../../src/simulator/scenario.ts';

/** What is said of a value that does not fit. */
function said(schema: z.ZodType, value: unknown): string {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue === undefined ? 'it fits' : describeIssue(issue, value);
}

describe('what was expected', () => {
  it.each([
    [z.string(), 5, 'text'],
    [z.number(), 'five', 'a number'],
    [z.int(), 1.5, 'a whole number'],
    [z.boolean(), 0, 'true or false'],
    [z.array(z.string()), 'a', 'a list'],
    [z.record(z.string(), z.number()), 7, 'a JSON object'],
    [z.number().min(0.1), 0, 'at least 0.1'],
    [z.number().max(500), 501, 'at most 500'],
    [z.number().positive(), 0, 'more than 0'],
    [z.string().min(1), '', 'at least 1 character'],
    [z.array(z.int()).max(2), [1, 2, 3], 'at most 2 entries'],
    [z.iso.datetime(), 'soon', 'a time as 2026-01-31T12:00:00Z'],
    [z.iso.date(), 'soon', 'a date as 2026-01-31'],
    [z.enum(['slow', 'cut']), 'fast', 'slow, cut'],
    [z.union([z.string(), z.number()]), true, 'text or a number'],
    [z.union([z.literal(0), z.literal(1)]), 2, '0 or 1'],
    [z.union([z.ipv4(), z.ipv6()], 'an address'), 'home', 'an address'],
    [
      z.discriminatedUnion('by', [z.object({ by: z.literal('a') }), z.object({ by: z.literal('b') })]),
      { by: 'c' },
      'a or b',
    ],
    [z.number('the age in years'), 'old', 'the age in years'],
    [z.string('expected a name'), 1, 'a name'],
  ])('what was expected is told in words: %#', (schema, value, words) => {
    expect(said(schema, value)).toMatch(
      new RegExp(`^(?:by: )?received .*, expected ${words.replaceAll('.', '\\.')}$`),
    );
  });

  it('of alternatives, what the one expects that was meant is told', () => {
    expect(said(stepSchema, { disturb: 'kafka', how: 'slowly', for: '5s' })).toBe(
      'how: received "slowly", expected slow, cut, silent, full',
    );
    expect(said(stepSchema, { pause: 'ingest' })).toBe('for: received nothing, expected text or a number');
  });

  it('of alternatives of which none was meant, all are told in one sentence', () => {
    const all =
      'fault with its share; kill with the name of a part, or pause with one and for how long; disturb with how and for how long; visits with the least and the most; or readers with their number';
    expect(said(stepSchema, { kil: 'web' })).toBe(`received {"kil":"web"}, expected ${all}`);
    expect(said(stepSchema, 'kill')).toBe(`received "kill", expected ${all}`);
  });
});
