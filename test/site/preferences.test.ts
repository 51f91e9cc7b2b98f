import cookieParser from 'cookie-parser';
import express from 'express';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { preferences } from '../../src/site/preferences.ts';
import { visitorOf } from '../../src/site/visitor.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { afterFile } from '../support/after-file.ts';
import { testLog } from '../support/log.ts';

const app = express().set('views', 'views').set('view engine', 'ejs');
app.use(cookieParser('secret'), preferences());
app.get('/me', (req, res) => res.json(visitorOf(req, res)));
app.use(errorHandler(new Traces(), testLog));

const post = (path: string, fields: object) =>
  request(app).post(path).type('form').set('Accept', 'application/json').send(fields);

/** Who a browser is that has sent this form. */
async function meAfter(path: string, fields: object) {
  const agent = request.agent(app);
  await agent.post(path).type('form').send(fields).expect(303);
  return (await agent.get('/me')).body;
}

// So that neither a day nor a year turns between a test and its answer.
vi.useFakeTimers({ toFake: ['Date'] });
afterFile(() => vi.useRealTimers());
const thisYear = new Date().getUTCFullYear();
const isoToday = new Date().toISOString().slice(0, 10);

describe('what a visitor tells', () => {
  it.each([
    ['F', '1990-12-31', { gender: 'F', birthdate: '1990-12-31' }],
    ['U', '', { gender: 'U', birthdate: null }],
    ['M', isoToday, { gender: 'M', birthdate: isoToday }],
    ['M', `${thisYear - 130}-01-01`, { gender: 'M', birthdate: `${thisYear - 130}-01-01` }],
  ])('what a visitor tells is kept: %s, %j', async (gender, birthdate, profile) => {
    expect((await meAfter('/visitor', { gender, birthdate })).profile).toEqual(profile);
  });

  it.each([
    [{ gender: 'X', birthdate: '' }],
    [{ birthdate: '' }],
    [{ gender: 'F' }],
    [{ gender: 'F', birthdate: '31.12.1990' }],
    [{ gender: 'F', birthdate: '1990-02-30' }],
    [{ gender: 'F', birthdate: `${thisYear - 131}-12-31` }],
    [{ gender: 'F', birthdate: `${thisYear + 1}-01-01` }],
  ])('what a visitor tells is refused: %j', async (fields) => {
    await post('/visitor', fields).expect(400);
  });
});

describe('the site version', () => {
  it('the site version is the chosen one, until the device decides again', async () => {
    const agent = request.agent(app);
    const version = async () => (await agent.get('/me')).body;
    const choose = (site_version: string) =>
      agent.post('/site-version').type('form').send({ site_version }).expect(303);
    await choose('mobile');
    expect(await version()).toMatchObject({ siteVersion: 'mobile', siteVersionForced: true });
    await choose('auto');
    expect(await version()).toMatchObject({ siteVersion: 'desktop', siteVersionForced: false });
  });

  it.each([[{ site_version: 'tablet' }], [{}], [{ site_version: ['mobile', 'desktop'] }]])(
    'the site version is refused where it is none: %j',
    async (fields) => {
      await post('/site-version', fields).expect(400);
    },
  );
});

it('the shop forgets a visitor, who is another one afterwards and has told nothing', async () => {
  const agent = request.agent(app);
  await agent.post('/visitor').type('form').send({ gender: 'F', birthdate: '1990-12-31' });
  const { id } = (await agent.get('/me')).body;
  await agent.post('/visitor/forget').type('form').send({}).expect(303);
  const after = (await agent.get('/me')).body;
  expect(after.id).not.toBe(id);
  expect(after.profile).toEqual({ gender: 'U', birthdate: null });
});

describe('the way back', () => {
  it.each([
    ['/product/x?item=y', '/product/x?item=y'],
    ['/', '/'],
    [undefined, '/'],
    ['', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/a\\b', '/'],
    ['/a b', '/'],
    ['/a\r\nSet-Cookie: x=y', '/'],
    ['javascript:alert(1)', '/'],
  ])('the way back from a form on %j leads to %s, never to another host', async (here, location) => {
    const { headers } = await post('/visitor/forget', here === undefined ? {} : { here }).expect(303);
    expect(headers.location).toBe(location);
  });
});
