// Where the embedded server keeps its things, below DATA_DIR.

import path from 'node:path';

export type Place = {
  readonly folder: string;
  readonly cluster: string;
  readonly log: string;
  readonly password: string;
};

/** Where the embedded server keeps its things. */
export function placeIn(dataDir: string): Place {
  const folder = path.join(dataDir, 'postgres');
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    log: path.join(folder, 'server.log'),
    password: path.join(folder, 'password'),
  };
}
