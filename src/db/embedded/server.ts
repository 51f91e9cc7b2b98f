// The embedded PostgreSQL: made once under DATA_DIR/postgres, started and stopped by the program, on loopback only.
// A server that a killed program left running is stopped and started anew; a stale pid file is no obstacle.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { codeOf, messageOf } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import { DatabaseError, isAway } from '../errors.ts';
import { type Account, commandAs, serverAccount, surroundingsOf } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { checkVersion, makeCluster, removeUnfinished } from './cluster.ts';
import { stopLeftover } from './leftover.ts';
import { type Place, placeIn } from './place.ts';
import { DATABASE, demoteRole, readPassword, USER } from './role.ts';
import { endOf, lastLines } from './run-to-end.ts';

const START_SECONDS = 60;
const STOP_SECONDS = 8;
/** SQLSTATE disk_full. */
const DISK_FULL = '53100';
/** The operating system's message for it, in the output of PostgreSQL's programs. */
const NO_ROOM = /No space left on device|Disk quota exceeded/;

/** Settings for a small server that starts quickly. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '2GB',
  // The default of a minute costs an idle shop as much as two of its other processes.
  autovacuum_naptime: '3min',
  wal_level: 'minimal',
  max_wal_senders: 0,
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export type EmbeddedPostgres = {
  readonly url: string;
  /** The postmaster's process id. */
  readonly pid: number | undefined;
  /** True if this start has made the cluster. */
  readonly fresh: boolean;
  /** Resolves when the server ends for whatever reason. */
  readonly exited: Promise<void>;
  /** Fast shutdown: clients are disconnected, everything committed is kept. */
  stop(): Promise<void>;
};

/**
 * Parameters that pg would otherwise take from libpq's environment (PGSSLMODE, PGOPTIONS and so on), which is about another server. This
 * one has no TLS. `options` is not empty, as an empty one counts as left out.
 */
const OWN_PARAMETERS = new URLSearchParams({
  sslmode: 'disable',
  sslnegotiation: 'postgres',
  replication: 'false',
  options: `-c jit=${SETTINGS.jit}`,
});

function urlOf(password: string, port: number, database = DATABASE): string {
  const parameters = OWN_PARAMETERS.toString().replaceAll('+', '%20');
  return `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}?${parameters}`;
}

/** The URL of the embedded server, whichever process runs it; undefined where it was never started in this folder. */
export async function embeddedUrl(dataDir: string, port: number): Promise<string | undefined> {
  const { password } = placeIn(dataDir);
  if (!existsSync(password)) return undefined;
  return urlOf((await readFile(password, 'utf8')).trim(), port);
}

/**
 * Starts the server, and makes its cluster where there is none. The caller holds the folder's lock.
 * @param port a free port of 127.0.0.1
 * @throws {DatabaseError} EMBEDDED_START, with the server's last output
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  port: number,
  log: Logger,
): Promise<EmbeddedPostgres> {
  const place = placeIn(dataDir);
  try {
    return await start(place, port, log);
  } catch (error) {
    throw explainRefusal(error, place);
  }
}

async function start(place: Place, port: number, log: Logger): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const account = serverAccount();
  await mkdir(place.folder, { recursive: true });
  // 0711: the server's account passes through the folder, and nobody lists it.
  await chmod(place.folder, account === undefined ? 0o700 : 0o711);
  await stopLeftover(place, log);
  await removeUnfinished(place);
  const fresh = !existsSync(place.cluster);
  if (fresh) await makeCluster(place, binaries, account);
  await checkVersion(place, binaries);
  await checkPort(port);
  if (!fresh) await demoteRole(place, binaries, account);
  const password = await readPassword(place);
  const child = await launch(place, binaries, account, port, password, log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { url: urlOf(password, port), pid: child.pid, fresh, exited, stop: () => stop(child) };
}

async function checkPort(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const taken = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  if (taken) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `port ${port} is taken; choose another one for PostgreSQL with POSTGRES_PORT or --postgres-port`,
    );
  }
}

async function launch(
  place: Place,
  { postgres }: Binaries,
  account: Account | undefined,
  port: number,
  password: string,
  log: Logger,
): Promise<ChildProcess> {
  const settings = Object.entries({ ...SETTINGS, port }).map(([name, value]) => `--${name}=${value}`);
  const command = commandAs(account, postgres, ['-D', place.cluster, ...settings], place.folder);
  const deadline = performance.now() + START_SECONDS * 1000;
  for (;;) {
    const output = openSync(place.log, 'w', 0o600);
    // A process group of its own: Ctrl-C reaches only the program, which stops the server last.
    const child = spawn(command.file, command.args, {
      ...surroundingsOf(command),
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const ready = await isReady(child, port, password, deadline).catch(async (error) => {
      await stop(child);
      throw error;
    });
    if (ready) return child;
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    const said = await readFile(place.log, 'utf8');
    const words = hasEnded ? endOf(child, said) : `no answer in ${START_SECONDS} s: ${lastLines(said)}`;
    child.kill('SIGQUIT');
    // The child processes of a killed server exit a moment after it.
    const leaving = /shared memory block .* is still in use|lock file .* already exists/s.test(words);
    if (!leaving || performance.now() > deadline)
      throw new DatabaseError('EMBEDDED_START', `PostgreSQL did not start: ${words}`);
    log.info('waiting for the child processes of a killed PostgreSQL to exit');
    // The server itself may be left, if it was still starting when its program was killed.
    await stopLeftover(place, log);
    await sleep(250);
  }
}

/** Turns a rejected password, or a full disk, into an error that says what to do; any other error stays as it is. */
function explainRefusal(error: unknown, { folder, password }: Place): unknown {
  const code = codeOf(error);
  if (code === DISK_FULL || NO_ROOM.test(messageOf(error)))
    return new DatabaseError(
      'EMBEDDED_START',
      `the disk of ${folder} is full (${messageOf(error)}): make room there, or choose another DATA_DIR`,
      error,
    );
  if (code !== '28P01') return error;
  return new DatabaseError(
    'EMBEDDED_START',
    `the embedded PostgreSQL rejects the password in ${password}: put the right one back, or move the folder away to begin anew`,
    error,
  );
}

/** Waits for the server. @returns false if its process has ended, or the deadline has passed */
async function isReady(
  child: ChildProcess,
  port: number,
  password: string,
  deadline: number,
): Promise<boolean> {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  while (!ended && performance.now() < deadline) {
    if (await ensureDatabase(port, password)) return true;
    await sleep(25);
  }
  return false;
}

/** Creates the database where it is missing; false while the server isn't up. */
async function ensureDatabase(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(password, port, 'postgres') });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    return true;
  } catch (error) {
    // It is starting, recovering or shutting down; if it ends, its own output is reported.
    if (isAway(error)) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGQUIT'), STOP_SECONDS * 1000);
  await gone;
  clearTimeout(late);
}
