import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { postedContext, visitorContext } from '../../src/enrichment/request-context.ts';
import { noteSimulated, SIMULATED_HEADER, simulatedHeader } from '../../src/enrichment/simulated.ts';
import { parseEvent } from '../../src/events/parse.ts';
import { readWire } from '../../src/events/wire.ts';
import { anEvent } from '../support/events.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const RECEIVED = '2026-03-02T09:00:00.000Z';

/** A request with these headers, from an address without a proxy between. */
function requestWith(headers: Readonly<Record<string, string>>, ip = '203.0.113.77', cookies = {}): Request {
  return {
    headers,
    ip,
    cookies,
    app: { get: () => 0 },
    get: (name: string) => headers[name],
  } as unknown as Request;
}

describe('the context of a visitor’s own event', () => {
  it('a visitor’s event has what the browser tells, the address and the referrer as they may be stored', () => {
    const req = requestWith({ 'user-agent': FIREFOX, referer: 'https://example.org/page?q=secret' });
    expect(visitorContext(req, 'truncated')).toEqual({
      ip: '203.0.113.0',
      user_agent: FIREFOX,
      bot: false,
      referrer: 'https://example.org/page',
    });
    expect(visitorContext(req, 'full').ip).toBe('203.0.113.77');
    expect('ip' in visitorContext(req, 'none')).toBe(false);
  });

  it('a visitor’s event has what the page knows of its device where it says Macintosh, and nowhere else', () => {
    const mac =
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15';
    const told = (agent: string, device_type: string) =>
      visitorContext(requestWith({ 'user-agent': agent }, '203.0.113.77', { device_type }), 'full');
    expect(told(mac, 'tablet').device_type).toBe('tablet');
    expect(told(mac, 'mobile').device_type).toBe('mobile');
    for (const context of [told(mac, 'spaceship'), told(FIREFOX, 'tablet'), told(GOOGLEBOT, 'mobile')])
      expect('device_type' in context).toBe(false);
    const written = JSON.stringify(anEvent({ context: told(mac, 'tablet') }));
    expect(readWire(Buffer.from(written))?.context).toContain('"device_type":"tablet"');
  });

  it('a visitor’s event says of a robot that it is one, and of no known browser nothing', () => {
    expect(visitorContext(requestWith({ 'user-agent': GOOGLEBOT }), 'full').bot).toBe(true);
    expect(visitorContext(requestWith({}), 'full')).toEqual({ ip: '203.0.113.77' });
    expect(visitorContext(requestWith({ 'user-agent': '' }), 'full')).toEqual({ ip: '203.0.113.77' });
  });

  it.each(['sec-gpc', 'dnt'])('a visitor’s event has no address where the browser sends %s', (header) => {
    expect('ip' in visitorContext(requestWith({ [header]: '1', 'user-agent': FIREFOX }), 'full')).toBe(false);
  });

  it('the event of a simulated shopper says so, at the shopper’s address', () => {
    const req = requestWith({
      'user-agent': FIREFOX,
      [SIMULATED_HEADER]: simulatedHeader('s', '141.20.1.2'),
    });
    noteSimulated('s')(req, {} as Response, () => {});
    expect(visitorContext(req, 'full')).toMatchObject({ ip: '141.20.1.2', simulated: true });
  });

  it('the context of a visitor is one that an event takes, whatever the headers are', () => {
    const hostile = requestWith(
      { 'user-agent': 'ÿ'.repeat(9_000), referer: `x?${'y'.repeat(9_000)}` },
      'no address',
    );
    const context = visitorContext(hostile, 'full');
    expect(parseEvent(anEvent({ context }))).toMatchObject({ ok: true });
    expect(context.user_agent).toHaveLength(1024);
  });
});

describe('the context of a posted event', () => {
  const req = requestWith({ 'user-agent': FIREFOX, referer: 'https://mine.example/?a' });
  const posted = postedContext(req, 'truncated', RECEIVED);

  it('a posted event has the client’s own context where it says nothing', () => {
    const own = {
      ip: '203.0.113.0',
      user_agent: FIREFOX,
      referrer: 'https://mine.example/',
      received_at: RECEIVED,
    };
    expect(posted(undefined)).toEqual(own);
    expect(posted({ item: 'tent' })).toEqual({ ...own, item: 'tent' });
  });

  it('a posted event has the context of another visitor alone where it names one by the user agent', () => {
    expect(posted({ user_agent: GOOGLEBOT })).toEqual({
      user_agent: GOOGLEBOT,
      bot: true,
      received_at: RECEIVED,
    });
    expect(posted({ user_agent: FIREFOX, ip: '198.51.100.9', referrer: 'https://x.example/#y' })).toEqual({
      user_agent: FIREFOX,
      bot: false,
      ip: '198.51.100.0',
      referrer: 'https://x.example/',
      received_at: RECEIVED,
    });
  });

  it('a posted event keeps what it says of robots, and has the moment at which it came here', () => {
    expect(
      posted({ user_agent: GOOGLEBOT, bot: false, received_at: '2020-01-01T00:00:00.000Z' }),
    ).toMatchObject({
      bot: false,
      received_at: RECEIVED,
    });
  });

  it('a posted event that names no visitor does not say whether a robot did it', () => {
    expect('bot' in posted({})).toBe(false);
  });

  it('a posted event has no address of its visitor where none may be stored', () => {
    const none = postedContext(req, 'none', RECEIVED);
    expect('ip' in none({ user_agent: FIREFOX, ip: '198.51.100.9' })).toBe(false);
  });
});
