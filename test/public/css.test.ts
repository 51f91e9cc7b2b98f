// The style sheets, as text: each is small, and every class and attribute that it selects is written by a view, a script or a drawing.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';

const MOST_LINES = 300;

const read = (folder: string, ending: string) =>
  readdirSync(path.join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(path.join(packageRoot, folder, name), 'utf8') }));

const sheets = read('public/css', '.css');
const writers = [read('views', '.ejs'), read('public/js', '.js'), read('src', '.ts')]
  .flat()
  .map(({ text }) => text)
  .join('\n');

/** Names that a sheet selects by, such as `.panel` or `[data-state`. */
function selectors(css: string): string[] {
  const bare = css.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/\{[^{}]*\}/g, '{}');
  return [...new Set([...bare.matchAll(/\.-?[a-z_][\w-]*|\[data-[\w-]+/gi)].map(([name]) => name))];
}

/** Beginnings of class names whose end is put in: `of-<%= product %>`, `art-${variant}`. */
const BEGINNINGS = [...writers.matchAll(/["' `]([a-z][\w-]*)(?:<%=|\$\{)/g)].map(
  ([, beginning = '']) => beginning,
);

function isWritten(selector: string): boolean {
  if (selector.startsWith('[data-')) {
    const name = selector.slice('[data-'.length);
    const property = name.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase());
    return writers.includes(`data-${name}`) || writers.includes(`dataset.${property}`);
  }
  const name = selector.slice(1);
  const whole = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
  return whole.test(writers) || BEGINNINGS.some((beginning) => name.startsWith(beginning));
}

describe('style sheets', () => {
  it(`a style sheet has at most ${MOST_LINES} lines`, () => {
    const long = sheets.filter(({ text }) => text.split('\n').length - 1 > MOST_LINES);
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it('a style sheet selects nothing that nobody writes', () => {
    const unused = sheets.flatMap(({ name, text }) =>
      selectors(text)
        .filter((selector) => !isWritten(selector))
        .map((selector) => `${name}: ${selector}`),
    );
    expect(unused).toEqual([]);
  });

  it('a class that nobody writes is caught in a style sheet', () => {
    expect(selectors('.a-b:hover > .no-such { } @media x { [data-no-such="1"] { top: 0.5px } }')).toEqual([
      '.a-b',
      '.no-such',
      '[data-no-such',
    ]);
    expect(isWritten('.no-such')).toBe(false);
    expect(isWritten('[data-no-such')).toBe(false);
  });
});
