import { expect, it } from 'vitest';
import { clientOf } from '../../src/enrichment/user-agent.ts';

const MOZILLA = 'Mozilla/5.0';
const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0';

it.each([
  [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`, 'desktop', 'Chrome', 'Windows'],
  [
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/17.0 Safari/605.1.15`,
    'desktop',
    'Safari',
    'Mac OS',
  ],
  [`${MOZILLA} (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0`, 'desktop', 'Firefox', 'Linux'],
  [`${MOZILLA} (X11; CrOS x86_64 14541.0.0) ${CHROME} Safari/537.36`, 'desktop', 'Chrome', 'Chromium OS'],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 16_0 like Mac OS X) ${APPLE} Mobile/15E148 Instagram 250.0`,
    'mobile',
    'Instagram',
    'iOS',
  ],
  [`${MOZILLA} (Linux; Android 14; SM-F946B) ${CHROME} Mobile Safari/537.36`, 'mobile', 'Chrome', 'Android'],
  [
    `${MOZILLA} (iPad; CPU OS 16_0 like Mac OS X) ${APPLE} Version/16.0 Mobile/15E148 Safari/604.1`,
    'tablet',
    'Mobile Safari',
    'iOS',
  ],
  [
    `${MOZILLA} (SMART-TV; Linux; Tizen 6.0) ${APPLE} Version/6.0 TV Safari/538.1`,
    'other',
    'Safari',
    'Tizen',
  ],
  [`${MOZILLA} (PlayStation; PlayStation 5/3.11) ${APPLE}`, 'other', 'WebKit', 'PlayStation'],
  ['curl/8.1.2', 'other', 'Unknown', 'Unknown'],
  ['constructor', 'other', 'Unknown', 'Unknown'],
  ['', 'other', 'Unknown', 'Unknown'],
  [undefined, 'other', 'Unknown', 'Unknown'],
] as const)('%s is %s, %s on %s', (userAgent, deviceType, browser, system) => {
  expect(clientOf(userAgent)).toEqual({ deviceType, browser, system });
});

it('a robot has no device, whatever it calls itself', () => {
  const googlebot = `${MOZILLA} (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${CHROME} Mobile Safari/537.36 (compatible; Googlebot/2.1)`;
  expect(clientOf(googlebot, true).deviceType).toBe('other');
  expect(clientOf(googlebot, false).deviceType).toBe('mobile');
});
