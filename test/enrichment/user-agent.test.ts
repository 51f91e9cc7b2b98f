import { isbot } from 'isbot';
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

const ANDROID = 'Chrome/131.0.0.0';
const LINUX = `${MOZILLA} (X11; Linux x86_64`;
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)';
/** As they are sent in 2024 to 2026, by kind. */
const AGENTS = {
  desktop: [
    `${MOZILLA} (X11; CrOS x86_64 14541.0.0) ${BLINK} Chrome/126.0.0.0 Safari/537.36`,
    `${MOZILLA} (X11; FreeBSD amd64; rv:127.0) Gecko/20100101 Firefox/127.0`,
    `${MOZILLA} (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0`,
    `${MOZILLA} (Windows NT 10.0; Win64; x64; Touch) ${BLINK} Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0`,
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${BLINK} Chrome/107.0.0.0 Safari/537.36 MicroMessenger/6.8.0(0x16080000) MacWechat/3.8.7`,
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/17.5 Safari/605.1.15 Ddg/17.5`,
    `${MOZILLA} (PC; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.1.2.301`,
    // A Steam Deck's own browser is that of any Linux.
    `${LINUX}) ${BLINK} Chrome/126.0.6478.183 Safari/537.36 Valve Steam Client/default/1741737356`,
  ],
  mobile: [
    `${MOZILLA} (Linux; Android 10; K) ${BLINK} ${ANDROID} Mobile Safari/537.36`,
    `${MOZILLA} (Linux; Android 14; Pixel Fold) ${BLINK} ${ANDROID} Mobile Safari/537.36`,
    `${MOZILLA} (Linux; Android 14; SM-F956B) ${BLINK} ${ANDROID} Mobile Safari/537.36`,
    `${MOZILLA} (Linux; Android 10; K) ${BLINK} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    `${MOZILLA} (Phone; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300`,
    `${MOZILLA} (Mobile; Nokia 2780 Flip; rv:84.0) Gecko/84.0 Firefox/84.0 KAIOS/3.1`,
    // In apps
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) ${APPLE} Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.33.107;FBDV/iPhone15,3;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1]`,
    `${MOZILLA} (Linux; Android 14; SM-S928B Build/UP1A.231005.007; wv) ${BLINK} Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/467.1.0.52.83;]`,
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) ${APPLE} Mobile/21F90 Instagram 335.0.3.24.95 (iPhone15,2; iOS 17_5_1; en_US; en; scale=3.00; 1179x2556; 608720130)`,
    `${MOZILLA} (Linux; Android 14; Pixel 8 Build/AP1A.240505.005; wv) ${BLINK} Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 trill_350103 BytedanceWebview/d8a21c6`,
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE} Mobile/15E148 musical_ly_35.1.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/en`,
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE} GSA/320.0.638062108 Mobile/15E148 Safari/604.1`,
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE} Mobile/15E148 Safari Line/14.8.0`,
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${APPLE} Mobile/15E148 [LinkedInApp]/9.29.8962`,
  ],
  tablet: [
    // A foldable that is open says no "Mobile".
    `${MOZILLA} (Linux; Android 10; K) ${BLINK} ${ANDROID} Safari/537.36`,
    `${MOZILLA} (Linux; Android 14; SM-X910) ${BLINK} Chrome/125.0.0.0 Safari/537.36`,
    `${MOZILLA} (Linux; Android 11; KFTRWI) ${BLINK} Silk/122.1.3 like Chrome/122.0.6261.90 Safari/537.36`,
    `${MOZILLA} (iPad; CPU OS 17_5 like Mac OS X) ${APPLE} CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1`,
    `${MOZILLA} (iPad; CPU OS 17_5_1 like Mac OS X) ${APPLE} Mobile/15E148 [FBAN/FBIOS;FBDV/iPad13,4;FBMD/iPad;FBSN/iPadOS;FBSV/17.5.1]`,
    `${MOZILLA} (Macintosh; Intel Mac OS X 10.15; rv:127.0) ${APPLE} FxiOS/127.0 Safari/605.1.15`,
    `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} CriOS/126.0.6478.35 Safari/604.1`,
    `${MOZILLA} (Tablet; OpenHarmony 5.0) ${BLINK} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.1.2.301`,
  ],
  other: [
    // Televisions
    `${MOZILLA} (SMART-TV; LINUX; Tizen 8.0) ${BLINK} 108.0.5359.1/8.0 TV Safari/537.36`,
    `${MOZILLA} (Web0S; Linux/SmartTV) ${BLINK} Chrome/108.0.5359.211 Safari/537.36 WebAppManager`,
    `${MOZILLA} (Linux; Android 12; BRAVIA 4K VH2) ${BLINK} Chrome/120.0.0.0 Safari/537.36`,
    `${MOZILLA} (Linux; Android 9; AFTSSS) ${BLINK} Silk/119.4.1 like Chrome/119.0.6045.193 Safari/537.36`,
    `${MOZILLA} (Linux; Android 11; SHIELD Android TV) ${BLINK} Chrome/125.0.0.0 Safari/537.36`,
    `${MOZILLA} (Linux; Andr0id 9; BRAVIA 4K UR2) ${BLINK} Chrome/79.0.3945.79 Safari/537.36 OPR/46.0.2207.0 OMI/4.13.5.431.DIA5HBBTV.250 HbbTV/1.5.1 (; Sony; KD-55X; v1; ; ) sony.hbbtv.tv.2020HE`,
    `${MOZILLA} (Linux; Android 11; ) ${BLINK} Chrome/112.0.5615.135 Safari/537.36 VIDAA/9.0 (Hisense;SmartTV;)`,
    `${MOZILLA} (X11; Linux armv7l) ${BLINK} Chrome/120.0.0.0 Safari/537.36 CrKey/1.56.500000 DeviceType/SmartDisplay`,
    'Roku/DVP-13.0 (13.0.0.4203-88)',
    'AppleCoreMedia/1.0.0.21L569 (Apple TV; U; CPU OS 17_5 like Mac OS X; en_us)',
    // Consoles, glasses, watches and cars
    `${MOZILLA} (PlayStation; PlayStation 5/8.20) ${APPLE} Version/13.0 Safari/605.1.15`,
    `${MOZILLA} (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${BLINK} Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0`,
    `${MOZILLA} (Nintendo Switch 2; WebApplet) AppleWebKit/613.0 (KHTML, like Gecko) NF/8.0.0.1.3 NintendoBrowser/8.0.0.1`,
    `${LINUX}; Quest 3) ${BLINK} OculusBrowser/33.0.0.1.2 Chrome/126.0.6478.122 VR Safari/537.36`,
    `${MOZILLA} (Apple Watch; CPU Watch OS 10_5 like Mac OS X) ${APPLE} Version/17.5 Mobile/21T576 Safari/604.1`,
    `${MOZILLA} (X11; GNU/Linux) ${BLINK} Chromium/109.0.5414.119 Chrome/109.0.5414.119 Safari/537.36 Tesla/2024.20.1`,
  ],
} as const;

it.each(Object.entries(AGENTS).flatMap(([type, agents]) => agents.map((agent) => [agent, type] as const)))(
  '%s is %s',
  (agent, type) => {
    expect(clientOf(agent).deviceType).toBe(type);
    expect(isbot(agent)).toBe(false);
  },
);

it.each([
  `${MOZILLA} ${BLINK}; compatible; GPTBot/1.2; +https://openai.com/gptbot`,
  `${MOZILLA} ${BLINK}; compatible; ChatGPT-User/1.0; +https://openai.com/bot`,
  `${MOZILLA} ${BLINK}; compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot`,
  `${MOZILLA} ${BLINK}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)`,
  `${MOZILLA} ${BLINK}; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)`,
  `${MOZILLA} (Linux; Android 5.0) ${BLINK} (compatible; Bytespider; spider-feedback@bytedance.com)`,
  'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)',
  `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_5) ${APPLE} Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)`,
  `${MOZILLA} ${BLINK}; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36`,
  `${LINUX}) ${BLINK} HeadlessChrome/125.0.0.0 Safari/537.36`,
  `${MOZILLA} (Linux; Android 11; moto g power (2022)) ${BLINK} Chrome/119.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse`,
  'python-requests/2.32.3',
  'okhttp/4.12.0',
])('%s is a robot, and so no device', (agent) => {
  expect(isbot(agent)).toBe(true);
  expect(clientOf(agent, true).deviceType).toBe('other');
});

it('what the event tells of its device wins over its user agent, but for robots', () => {
  const ipad = `${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/17.5 Safari/605.1.15`;
  expect(clientOf(ipad).deviceType).toBe('desktop');
  expect(clientOf(ipad, false, 'tablet')).toEqual({
    deviceType: 'tablet',
    browser: 'Safari',
    system: 'Mac OS',
  });
  expect(clientOf(undefined, false, 'mobile').deviceType).toBe('mobile');
  expect(clientOf(ipad, true, 'tablet').deviceType).toBe('other');
});

it('a robot has no device, whatever it calls itself', () => {
  const googlebot = `${MOZILLA} (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${CHROME} Mobile Safari/537.36 (compatible; Googlebot/2.1)`;
  expect(clientOf(googlebot, true).deviceType).toBe('other');
  expect(clientOf(googlebot, false).deviceType).toBe('mobile');
});
