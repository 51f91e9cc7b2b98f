import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Panel } from '../../../src/dashboard/panels/panel.ts';
import { PANEL_NAMES, PANELS } from '../../../src/dashboard/panels/panels.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';

it.each(PANEL_NAMES)('%s is drawn from its own columns, and what it adds to the page is there', (name) => {
  const { bars, columns, behind, hasPartial }: Panel = PANELS[name];
  const drawn = [...(bars?.of ?? []), ...Object.keys(bars?.counts ?? {})];
  expect(drawn.filter((field) => !columns.includes(field))).toEqual([]);
  expect(behind === undefined).toBe(bars === undefined);
  expect(existsSync(path.join(packageRoot, 'views/partials/panels', `${name}.ejs`))).toBe(
    hasPartial === true,
  );
});
