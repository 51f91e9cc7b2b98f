import request from 'supertest';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../../src/openapi/operations.ts';
import { startLine } from '../support/line.ts';

it('/api/docs shows every operation, each with a command that asks this server', async () => {
  const line = await startLine();
  const { text } = await request(line.url).get('/api/docs').expect(200);
  for (const { path } of OPERATIONS) expect(text).toContain(path.replaceAll(/:(\w+)/g, '{$1}'));
  expect(text.match(/<details class="operation"/g)).toHaveLength(OPERATIONS.length);
  expect(text).toContain(`curl ${line.url}/api/charts/today`);
  const elsewhere = await request(line.url).get('/api/docs').set('Host', 'shop.localhost:81').expect(200);
  expect(elsewhere.text).toContain('curl http://shop.localhost:81/api/charts/today');
  const again = await request(line.url).get('/api/docs').expect(200);
  const bodyOf = (html: string) => html.slice(html.indexOf('<div class="docs">'), html.indexOf('</main>'));
  expect(bodyOf(again.text)).toBe(bodyOf(text));
});
