// npm run bench:cost — what an event costs: CPU of each part, and of PostgreSQL's processes by who they work for, while pages of the
// shop are asked for at RATES events a second, one rate after the other. CPU time says the same beside other work, or nearly.
// PARTS names the parts that run, with commas between.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, cpuOf } from './cpu.ts';
import { databaseOf } from './live/database-of.ts';
import { dataFolder, isReady, startProgram } from './program.ts';

const RATES = (process.env.RATES ?? '0,1,50,100').split(',').map(Number);
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 20);
const SETTLE = Number(process.env.SETTLE ?? 20);
const PARTS = process.env.PARTS?.split(',') ?? [];
const VISITORS = 10;
const EVENTS_A_PAGE = 2;

const commandOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  } catch {
    return [];
  }
};

/** CPU seconds by process: parts by their names, PostgreSQL's by the application that is connected, or what they say they are. */
function usedBy(program: number, applications: ReadonlyMap<number, string>): Map<string, number> {
  const used = new Map<string, number>();
  const add = (name: string, pid: number) => used.set(name, (used.get(name) ?? 0) + cpuOf(pid));
  add('program', program);
  for (const pid of childrenOf(program)) {
    const command = commandOf(pid);
    const [part = 'postgres'] = command.includes('run-part') ? command.slice(-2) : [];
    add(part, pid);
    for (const child of childrenOf(pid)) {
      const title = commandOf(child)[0] ?? '';
      const name = applications.get(child) ?? title.replace(/^postgres: /, '').trim();
      add(`postgres for ${name}`, child);
    }
  }
  return used;
}

async function visitor(url: string): Promise<string> {
  const response = await fetch(`${url}/`);
  await response.arrayBuffer();
  return response.headers
    .getSetCookie()
    .map((text) => text.split(';', 1)[0])
    .join('; ');
}

async function ask(url: string, cookies: readonly string[], rate: number, seconds: number): Promise<number> {
  const began = performance.now();
  const pages = Math.round((rate / EVENTS_A_PAGE) * seconds);
  const asked: Promise<void>[] = [];
  let answered = 0;
  for (let page = 0; page < pages; page += 1) {
    await sleep(Math.max(0, began + (page * 1000 * EVENTS_A_PAGE) / rate - performance.now()));
    const cookie = cookies[page % cookies.length] ?? '';
    const one = async () => {
      const response = await fetch(`${url}/product/sneakers`, { headers: { cookie } });
      await response.arrayBuffer();
      answered += 1;
    };
    asked.push(one().catch(() => {}));
  }
  await Promise.all(asked);
  await sleep(Math.max(0, began + seconds * 1000 - performance.now()));
  return answered * EVENTS_A_PAGE;
}

const data = dataFolder();
const program = await startProgram(data.folder, {}, PARTS);
try {
  await isReady(program.url);
  const database = await databaseOf(program, data.folder);
  await database.query("SET application_name = 'bench'");
  const cookies = await Promise.all(Array.from({ length: VISITORS }, () => visitor(program.url)));
  await ask(program.url, cookies, 40, 10);
  const applications = async () => {
    const { rows } = await database.query<{ pid: number; name: string; type: string }>(
      "SELECT pid, coalesce(nullif(application_name, ''), backend_type) AS name FROM pg_stat_activity",
    );
    return new Map(rows.map(({ pid, name }) => [pid, name]));
  };
  for (const rate of RATES) {
    if (rate < 10) await sleep(SETTLE * 1000);
    const transactions = async () =>
      Number(
        (await database.query('SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()'))
          .rows[0]?.xact_commit,
      );
    const [names, earlier, committed] = [await applications(), performance.now(), await transactions()];
    const before = usedBy(program.pid, names);
    const events = await ask(program.url, cookies, rate, SECONDS);
    const seconds = (performance.now() - earlier) / 1000;
    const after = usedBy(program.pid, new Map([...names, ...(await applications())]));
    const commits = (await transactions()) - committed;
    const each = [...after].map(([name, cpu]) => [name, (cpu - (before.get(name) ?? 0)) / seconds] as const);
    const all = each.reduce((sum, [, cpu]) => sum + cpu, 0);
    console.log(
      `${rate} events/s: ${(100 * all).toFixed(1)} % of a core, ${events === 0 ? '–' : ((1000 * all * seconds) / events).toFixed(2)} ms an event, ${(commits / seconds).toFixed(1)} transactions/s`,
    );
    for (const [name, cpu] of each.toSorted(([, a], [, b]) => b - a))
      if (cpu >= 0.0005) console.log(`  ${(100 * cpu).toFixed(2).padStart(6)} %  ${name}`);
  }
  await database.end();
} finally {
  await program.stop();
  data.remove();
}
process.exit(0);
