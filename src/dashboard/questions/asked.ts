// What a question may be asked with.

import type { Robots } from '../../events/robots.ts';

export type Asked = {
  readonly now: Date;
  /** This year, in the shop's time zone. */
  readonly year: number;
  readonly robots: Robots;
};
