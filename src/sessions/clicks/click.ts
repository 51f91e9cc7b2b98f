// Clicks of test files, in the format of the original's files: nine fields, in the order of their names.

import { type Random, randomBelow, seededRandom } from '../../runtime/seeded-random.ts';
import type { Profile } from '../options.ts';

/** Values and their shares in percent, about those of the web in 2019. */
type Shares = readonly (readonly [value: string, percent: number])[];

const BROWSERS: Shares = [
  ['Chrome Mobile', 38],
  ['Chrome', 34],
  ['Mobile Safari', 12],
  ['Samsung Internet', 6],
  ['Firefox', 5],
  ['Edge', 3],
  ['Opera', 1],
  ['Other', 1],
];
const SYSTEMS: Shares = [
  ['Android', 46],
  ['Windows', 34],
  ['iOS', 13],
  ['Mac OS X', 4],
  ['Linux', 2],
  ['Other', 1],
];
const DEVICES: Shares = [
  ['Other', 40],
  ['iPhone', 12],
  ['Samsung SM-G570M', 11],
  ['XiaoMi Redmi Note 7', 10],
  ['Samsung SM-J701MT', 9],
  ['Moto G (5S) Plus', 9],
  ['LG-M250', 8],
  ['iPad', 1],
];
const EVENTS: Shares = [
  ['page_view', 70],
  ['element_click', 20],
  ['scroll', 8],
  ['form_submit', 2],
];
const PLATFORMS: Shares = [
  ['web', 90],
  ['amp', 10],
];
const VERSIONS: Shares = [
  ['1.2.0', 60],
  ['1.1.4', 30],
  ['0.9.11', 10],
];

/** 2019-05-01 in UTC, milliseconds since 1970, and the period that the files cover. */
const BEGIN_MS = 1_556_668_800_000;
const LENGTH_MS = 30 * 86_400_000;
/** In one of the original's files, 259 of 10,235,120 clicks open no session. */
const REPEATED = 259 / 10_235_120;
const CLICKS_OF_A_RETURNING_VISITOR = 24;
/** Breaks are spread around the session gap, so that some meet its boundary. */
const LONGEST_BREAK_MS = 3_600_000;

function picker(shares: Shares): (random: Random) => string {
  const wheel = shares.flatMap(([value, percent]) => Array<string>(percent).fill(JSON.stringify(value)));
  return (random) => wheel[randomBelow(random, wheel.length)] ?? '""';
}

const [pickBrowser, pickSystem, pickDevice, pickEvent, pickPlatform, pickVersion] = [
  picker(BROWSERS),
  picker(SYSTEMS),
  picker(DEVICES),
  picker(EVENTS),
  picker(PLATFORMS),
  picker(VERSIONS),
] as const;

const hex = (word: number) => word.toString(16).padStart(8, '0');

/** A version 4 UUID. */
function visitorId(random: Random): string {
  const [a, b, c, d] = [0, 0, 0, 0].map(() => hex(randomBelow(random, 2 ** 32))) as [
    string,
    string,
    string,
    string,
  ];
  const variant = '89ab'[Number.parseInt(c.slice(0, 1), 16) & 3];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

type Visitor = {
  readonly id: string;
  readonly browser: string;
  readonly system: string;
  readonly device: string;
  sentMs: number;
};

function newVisitor(random: Random): Visitor {
  return {
    id: visitorId(random),
    browser: pickBrowser(random),
    system: pickSystem(random),
    device: pickDevice(random),
    sentMs: BEGIN_MS + Math.floor(random() * LENGTH_MS),
  };
}

/**
 * Generates the lines of all files together, without line ends. A seed and profile give the same lines on every machine, and a
 * longer run begins with the lines of a shorter one.
 * @param rows number of lines
 */
export function* clicksOf(profile: Profile, seed: number, rows: number): Generator<string> {
  const random = seededRandom(seed);
  const known: Visitor[] = [];
  const share = profile === 'original' ? REPEATED : 1 - 1 / CLICKS_OF_A_RETURNING_VISITOR;
  const keep = profile === 'original' ? 64 : 4_096;
  for (let n = 0; n < rows; n++) {
    const again = known.length > 0 && random() < share;
    const visitor = again ? (known[randomBelow(random, known.length)] as Visitor) : newVisitor(random);
    if (again) visitor.sentMs += profile === 'original' ? randomBelow(random, 600_000) : breakOf(random);
    else if (known.length < keep) known.push(visitor);
    else known[randomBelow(random, keep)] = visitor;
    yield lineOf(visitor, random, n);
  }
}

/** Milliseconds from one click to the next: mostly a minute or two, sometimes about the session gap or exactly it. */
function breakOf(random: Random): number {
  const kind = random();
  if (kind < 0.02) return 1_800_000 - 1 + randomBelow(random, 3);
  return randomBelow(random, kind < 0.85 ? 180_000 : LONGEST_BREAK_MS);
}

function lineOf({ id, browser, system, device, sentMs }: Visitor, random: Random, n: number): string {
  return `{"anonymous_id":"${id}","browser_family":${browser},"device_family":${device},"device_sent_timestamp":${sentMs},"event":${pickEvent(random)},"n":${n},"os_family":${system},"platform":${pickPlatform(random)},"version":${pickVersion(random)}}`;
}
