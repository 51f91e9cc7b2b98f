// Modules that are loaded when they are first used: together they take longer to load than a folder takes to open.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** For random ids and hashes. */
export const crypto = () => process.getBuiltinModule('node:crypto');

/** For compressed batches. */
export const zlib = () => process.getBuiltinModule('node:zlib');

/** For zstd where Node has none. */
export const fzstd = (): typeof import('fzstd') => require('fzstd');

/** For patterns of transactional ids. */
export const re2js = (): typeof import('re2js') => require('re2js');
