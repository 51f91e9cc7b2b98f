// Shopper number n: role, id, age and gender, device with user agent, address. The golden ratio spreads the numbers over the
// roles, so that any number of shoppers has nearly the fitted mixture.

import type { Random } from '../../runtime/seeded-random.ts';
import type { Role } from './fit.ts';
import { drawId, pick, streamOf } from './streams.ts';

export type Shopper = {
  /** From 0. */
  readonly number: number;
  readonly role: Role;
  readonly userId: string;
  readonly gender: 'F' | 'M' | 'U';
  /** YYYY-MM-DD; absent where the person does not say. */
  readonly birthdate: string | undefined;
  readonly userAgent: string;
  readonly ip: string;
  /** Random stream of decisions and think times. */
  readonly random: Random;
};

const GOLDEN = 0.618_033_988_749_894_9;
/** Year of the shoppers' ages, fixed so that they do not depend on the day of the run. */
const AGE_YEAR = 2026;

const AGENTS = {
  mobile: [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1',
  ],
  desktop: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0',
  ],
} as const;

/** First halves of networks that universities have held for decades: DE, FR, GB, NL, SE, CH, PL, US, JP, BR, AU. */
const NETWORKS = [
  '141.20',
  '129.199',
  '129.67',
  '145.18',
  '130.237',
  '129.132',
  '150.254',
  '128.32',
  '133.11',
  '143.107',
  '130.56',
] as const;

/**
 * The first shoppers of a seed.
 * @param roles as fitRoles() gives them
 */
export function shoppersOf(seed: number, roles: readonly Role[], count: number): Shopper[] {
  const start = streamOf(seed, 0, 'people')();
  return Array.from({ length: count }, (_, number) =>
    shopperOf(seed, roleAt(roles, (start + number * GOLDEN) % 1), number),
  );
}

/** Another person who comes in a shopper's place, and decides by the same stream. @param generation from 1 */
export function successorOf(seed: number, shopper: Shopper, generation: number): Shopper {
  const who = streamOf(seed, shopper.number, `who ${generation}`);
  return { ...shopper, ...personOf(shopper.role, who) };
}

function shopperOf(seed: number, role: Role, number: number): Shopper {
  const who = streamOf(seed, number, 'who');
  return { number, role, ...personOf(role, who), random: streamOf(seed, number, 'visits') };
}

type Person = Pick<Shopper, 'userId' | 'gender' | 'birthdate' | 'userAgent' | 'ip'>;

function personOf(role: Role, who: Random): Person {
  const { women, men, ages } = role.persona;
  const ticket = who();
  const age = ages[0] + Math.floor(who() * (ages[1] - ages[0] + 1));
  const month = 1 + Math.floor(who() * 12);
  const day = 1 + Math.floor(who() * 28);
  const gender = ticket < women ? 'F' : ticket < women + men ? 'M' : 'U';
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return {
    userId: drawId(who),
    gender,
    birthdate: gender === 'U' ? undefined : `${AGE_YEAR - age}-${twoDigits(month)}-${twoDigits(day)}`,
    userAgent: pick(who, AGENTS[role.device]),
    ip: `${pick(who, NETWORKS)}.${1 + Math.floor(who() * 254)}.${1 + Math.floor(who() * 254)}`,
  };
}

function roleAt(roles: readonly Role[], place: number): Role {
  let left = place;
  for (const role of roles) {
    left -= role.share;
    if (left < 0) return role;
  }
  const last = roles.at(-1);
  if (last === undefined) throw new RangeError('received no role, expected at least one');
  return last;
}
