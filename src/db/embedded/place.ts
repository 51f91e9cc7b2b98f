// The folders and files of the embedded server.

import path from 'node:path';

export type Place = {
  readonly folder: string;
  readonly cluster: string;
  readonly log: string;
  readonly password: string;
};

/** Paths of the embedded server's files below DATA_DIR. */
export function placeIn(dataDir: string): Place {
  const folder = path.join(dataDir, 'postgres');
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    log: path.join(folder, 'server.log'),
    password: path.join(folder, 'password'),
  };
}
