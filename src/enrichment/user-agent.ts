// User agent → kind of device, browser and system (ua-parser-js 1.x, MIT). What is no device that somebody shops with (a
// television, a console, a program, a robot) is "other"; a name that isn't known is "Unknown", never a guess. Safari on an iPad
// calls itself a Macintosh unless its reader asks otherwise: such a tablet can't be told from a desktop by what it sends.

import { LRUCache } from 'lru-cache';
import UAParser from 'ua-parser-js';

export const DEVICE_TYPES = ['desktop', 'mobile', 'tablet', 'other'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

export type Client = { readonly deviceType: DeviceType; readonly browser: string; readonly system: string };

export const UNKNOWN = 'Unknown';

const NOTHING: Client = { deviceType: 'other', browser: UNKNOWN, system: UNKNOWN };
/** Systems of machines with a keyboard, whose agents name no device. */
const DESKTOP =
  /^(?:windows|mac os|chrom(?:e|ium) os|linux|.*bsd|ubuntu|debian|fedora|mint|suse|arch|gentoo|solaris)$/i;
const HANDHELD: Readonly<Record<string, DeviceType>> = { mobile: 'mobile', tablet: 'tablet' };

const known = new LRUCache<string, Client>({ max: 5_000 });

/** @param isRobot robots have no device, whatever they call themselves */
export function clientOf(userAgent: string | undefined, isRobot = false): Client {
  if (userAgent === undefined || userAgent === '') return NOTHING;
  const key = `${isRobot} ${userAgent}`;
  const client = known.get(key) ?? parse(userAgent, isRobot);
  known.set(key, client);
  return client;
}

function parse(userAgent: string, isRobot: boolean): Client {
  const { browser, os, device } = UAParser(userAgent);
  return {
    deviceType: isRobot ? 'other' : typeOf(device.type, os.name),
    browser: browser.name ?? UNKNOWN,
    system: os.name ?? UNKNOWN,
  };
}

function typeOf(type: string | undefined, system: string | undefined): DeviceType {
  if (type !== undefined) return HANDHELD[type] ?? 'other';
  return system !== undefined && DESKTOP.test(system) ? 'desktop' : 'other';
}
