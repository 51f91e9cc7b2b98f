// The live panels, in the order of the page.

import { categories } from './categories.ts';
import { devices } from './devices.ts';
import { latest } from './latest.ts';
import { log } from './log.ts';
import { pages } from './pages.ts';
import type { Panel, PanelSource } from './panel.ts';
import { raw } from './raw.ts';
import { sessions } from './sessions.ts';
import { visitors } from './visitors.ts';

export const PANELS = { visitors, sessions, pages, devices, categories, latest, log, raw } as const;

export type PanelName = keyof typeof PANELS;
export const PANEL_NAMES = Object.keys(PANELS) as PanelName[];

export const isPanelName = (name: string | undefined): name is PanelName =>
  PANEL_NAMES.some((one) => one === name);

/** The rows of every panel by its name. */
export type PanelRows = { readonly [N in PanelName]: Awaited<ReturnType<(typeof PANELS)[N]['read']>> };

/** Reads every panel. @throws pg's error */
export async function readPanels(source: PanelSource): Promise<PanelRows> {
  const read = async (name: PanelName) => [name, await (PANELS[name] as Panel).read(source)] as const;
  return Object.fromEntries(await Promise.all(PANEL_NAMES.map(read))) as PanelRows;
}
