import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express from 'express';
import { parseAst } from 'rolldown/parseAst';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { readScripts, scripts, withoutComments } from '../../src/http/scripts.ts';
import { packageRoot } from '../../src/runtime/paths.ts';

const FOLDER = path.join(packageRoot, 'public', 'js');
const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.js'),
);
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');

/** What a script does: its syntax tree without the places of its nodes. */
const meaning = (text: string) =>
  JSON.stringify(parseAst(text), (key, value) => (key === 'start' || key === 'end' ? undefined : value));

describe('a script without comments', () => {
  it.each(names)('a script without comments does the same, line for line: %s', (name) => {
    const [text, sent] = [textOf(name), withoutComments(textOf(name))];
    expect(meaning(sent)).toBe(meaning(text));
    expect(sent.split('\n')).toHaveLength(text.split('\n').length);
    expect(sent).not.toMatch(/^\s*(?:\/\/|\/\*\*)(?!.*\*\/ *\S)/m);
  });

  it('a script without comments keeps what only looks like a comment, and casts of what follows on their line', () => {
    const kept = "const at = 'https://x';\nconst a = /** @type {A} */ (b); // c\n/** @type {A} */ (b).c();\n";
    expect(withoutComments(kept)).toBe(kept);
  });

  it('a script without comments loses a comment of several lines, and code between two comments stays', () => {
    expect(withoutComments('/**\n * a\n */\nb();\n  // c\nd(); /* e */\n/** f */\n')).toBe(
      '\n\n\nb();\n\nd(); /* e */\n\n',
    );
  });
});

describe('the scripts of pages', () => {
  const app = express().use('/js', scripts(readScripts(FOLDER), 'public, max-age=0'));

  it('the scripts of pages are answered once, and then by their ETag', async () => {
    const { text, headers } = await request(app).get('/js/dashboard/page.js').expect(200);
    expect(text).toBe(withoutComments(textOf('dashboard/page.js')));
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=0',
    });
    await request(app)
      .get('/js/dashboard/page.js')
      .set('If-None-Match', headers.etag ?? '')
      .expect(304);
    const other = await request(app).get('/js/dashboard/panel.js');
    expect(other.headers.etag).not.toBe(headers.etag);
  });

  it('the scripts of pages are neither written to nor left by a path', async () => {
    await request(app).post('/js/base.js').expect(404);
    await request(app).get('/js/..%2fcss/base.css').expect(404);
    await request(app).get('/js/no-such.js').expect(404);
  });
});
