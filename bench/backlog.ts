// npm run bench:backlog — how fast the whole program, with all that follows ingest, stores a backlog, beside an earlier version of it
// that is built in the folder OLD_PROGRAM; without one, beside itself without what follows. Some ten minutes.
//   git worktree add ../old 6aaa591 && (cd ../old && npm ci)      # the last one before there were live panels
//   OLD_PROGRAM=../old npm run bench:backlog

import { compareBacklog } from './live/compare-backlog.ts';

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
const pages = (process.env.DASHBOARDS ?? '0,1,50').split(',').map(Number);

await compareBacklog(number('BACKLOG', 500_000), number('ROUNDS', 5), pages, process.env.OLD_PROGRAM);
process.exit(0);
