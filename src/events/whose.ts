// Whose events a chart or a question counts: people's or robots', real visitors' or the simulator's. Both are what the event's
// context says (`bot`, `simulated`).

import { z } from 'zod';

export const ASKED = ['exclude', 'include', 'only'] as const;
export type Asked = (typeof ASKED)[number];

export type Whose = {
  /** `exclude`: people alone, as usual; `only`: robots alone. */
  readonly robots: Asked;
  /** `include`: both, as usual; `exclude`: real visitors alone; `only`: simulated ones alone. */
  readonly simulated: Asked;
};

export const USUAL: Whose = { robots: 'exclude', simulated: 'include' };

const asked = z.enum(ASKED, { error: ASKED.join(', ') });

/** The parameters of all charts, questions and live panels. */
export const whoseQuery = {
  robots: asked
    .default(USUAL.robots)
    .describe('whether robots are counted: exclude = people alone, only = robots alone'),
  simulated: asked
    .default(USUAL.simulated)
    .describe(
      'whether simulated visitors are counted: exclude = real ones alone, only = simulated ones alone',
    ),
} as const;

const isAsked = (one: Asked): boolean | null => (one === 'include' ? null : one === 'only');

/** For SQL as `(robot = $1 OR $1 IS NULL) AND (simulated = $2 OR $2 IS NULL)`. */
export const whoseIs = ({ robots, simulated }: Whose): [robot: boolean | null, simulated: boolean | null] => [
  isAsked(robots),
  isAsked(simulated),
];

/** A predicate of the events that are wanted. */
export function isWanted({
  robots,
  simulated,
}: Whose): (event: { readonly robot: boolean; readonly simulated: boolean }) => boolean {
  const [robot, isSimulated] = [isAsked(robots), isAsked(simulated)];
  return (event) =>
    (robot === null || event.robot === robot) && (isSimulated === null || event.simulated === isSimulated);
}

/** A key that is equal for equal choices. */
export const whoseKey = ({ robots, simulated }: Whose): string => `${robots} ${simulated}`;

/** What a page's query asks for; the default in place of a missing or an unknown value. */
export function readWhose(query: Readonly<Record<string, unknown>>): Whose {
  const chosen = (name: keyof Whose) => ASKED.find((one) => one === query[name]) ?? USUAL[name];
  return { robots: chosen('robots'), simulated: chosen('simulated') };
}

/** Query parameters for links, of the choices that differ from the default: `robots=only&`. */
export const whoseText = (whose: Whose): string =>
  (['robots', 'simulated'] as const)
    .filter((name) => whose[name] !== USUAL[name])
    .map((name) => `${name}=${whose[name]}&`)
    .join('');
