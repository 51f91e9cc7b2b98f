// User agent → kind of device, browser and system (ua-parser-js 1.x, MIT). What is no device that somebody shops with (a
// television, a console, a watch, a program, a robot) is "other"; a name that isn't known is "Unknown", never a guess. Safari on an
// iPad calls itself a Macintosh, which no user agent can tell from a desktop: the shop's own pages tell it (request-context.ts, told-devices.ts).

import { LRUCache } from 'lru-cache';
import UAParser from 'ua-parser-js';
import type { DeviceType } from '../events/event.ts';

export type Client = { readonly deviceType: DeviceType; readonly browser: string; readonly system: string };

export const UNKNOWN = 'Unknown';

const NOTHING: Client = { deviceType: 'other', browser: UNKNOWN, system: UNKNOWN };
/** Systems of machines with a keyboard, whose agents name no device. */
const DESKTOP =
  /^(?:windows|mac os|chrom(?:e|ium) os|linux|.*bsd|ubuntu|debian|fedora|mint|suse|arch|gentoo|solaris)$/i;
/** Devices that the parser takes for phones or for nothing; the first that is found decides. */
const TOLD: readonly (readonly [RegExp, DeviceType])[] = [
  [/\bHbbTV\/|\bSmart-?TV\b|\(Apple Watch;/i, 'other'],
  [/\(PC; OpenHarmony /, 'desktop'],
  // Browsers that exist on iOS alone, where they say that they are on a Macintosh.
  [/\(Macintosh;.*\b(?:FxiOS|CriOS|EdgiOS|OPT)\//, 'tablet'],
];
const HANDHELD: Readonly<Record<string, DeviceType>> = { mobile: 'mobile', tablet: 'tablet' };

/** User agents that do not tell the device: Safari on an iPad says Macintosh as well. */
const UNTELLING = /\(Macintosh;/;

/** Whether a user agent may be another device's than it says. */
export const isUntelling = (userAgent: string | undefined): boolean => UNTELLING.test(userAgent ?? '');

const known = new LRUCache<string, Client>({ max: 5_000 });

/**
 * @param isRobot robots have no device, whatever they call themselves
 * @param told what the event's context says of the device: that wins
 */
export function clientOf(userAgent: string | undefined, isRobot = false, told?: DeviceType): Client {
  const client = readAgent(userAgent, isRobot);
  return told === undefined || isRobot ? client : { ...client, deviceType: told };
}

function readAgent(userAgent: string | undefined, isRobot: boolean): Client {
  if (userAgent === undefined || userAgent === '') return NOTHING;
  const key = `${isRobot} ${userAgent}`;
  const client = known.get(key) ?? parse(userAgent, isRobot);
  known.set(key, client);
  return client;
}

function parse(userAgent: string, isRobot: boolean): Client {
  const { browser, os, device } = UAParser(userAgent);
  return {
    deviceType: isRobot ? 'other' : (toldBy(userAgent) ?? typeOf(device.type, os.name)),
    browser: browser.name ?? UNKNOWN,
    system: os.name ?? UNKNOWN,
  };
}

const toldBy = (userAgent: string): DeviceType | undefined =>
  TOLD.find(([agents]) => agents.test(userAgent))?.[1];

function typeOf(type: string | undefined, system: string | undefined): DeviceType {
  if (type !== undefined) return HANDHELD[type] ?? 'other';
  return system !== undefined && DESKTOP.test(system) ? 'desktop' : 'other';
}
