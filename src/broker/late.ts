// Modules of Node that a start does not need; together they take longer to load than a folder to open.

/** For random ids and hashes. */
export const crypto = () => process.getBuiltinModule('node:crypto');

/** For what producers have compressed. */
export const zlib = () => process.getBuiltinModule('node:zlib');
