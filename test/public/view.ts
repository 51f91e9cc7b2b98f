// The views of pages, rendered without a shop.

import path from 'node:path';
import ejs from 'ejs';
import { packageRoot } from '../../src/runtime/paths.ts';
import { viewHelpers } from '../../src/site/layout.ts';

const VIEWS = path.join(packageRoot, 'views');

/** The layout of every page, for a visitor about whom nothing is known. */
const LAYOUT = {
  ...viewHelpers,
  pageTitle: 'Test',
  here: '/',
  version: '0.0.0',
  filesAt: '',
  base: '',
  siteVersion: 'desktop',
  siteVersionForced: false,
  visitor: { gender: 'U', birthdate: null },
  asksForPrivacy: false,
  traces: [],
};

/** The HTML of a view. @param name below views/  @param model what the view wants beside the layout */
export const view = (name: string, model: object): Promise<string> =>
  ejs.renderFile(path.join(VIEWS, `${name}.ejs`), { ...LAYOUT, ...model }, { root: VIEWS, cache: true });
