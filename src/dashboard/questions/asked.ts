// What a question may be asked with.

import type { Whose } from '../../events/whose.ts';

export type Asked = {
  readonly now: Date;
  /** This year, in the shop's time zone. */
  readonly year: number;
  readonly whose: Whose;
};
