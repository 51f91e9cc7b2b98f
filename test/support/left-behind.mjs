// A run of the tests leaves nothing behind, however it ends: its servers and programs have process groups of their own, so
// Ctrl-C does not reach them. Each has the run's folder in its environment or its command, and is found by that (Linux).

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Has everything of a run cleared away when this process ends; what it starts from now on keeps its files in the folder.
 * @param {string} folder which is named nowhere else
 */
export function leaveNothingBehind(folder) {
  process.env.TMPDIR = folder;
  process.once('exit', () => clearAway(folder));
  for (const signal of SIGNALS) process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

/** @param {string} folder */
function clearAway(folder) {
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/**
 * @param {string} folder
 * @returns {number[]}
 */
function processesOf(folder) {
  return pids().filter((pid) => pid !== process.pid && mentions(pid, folder));
}

/** @returns {number[]} */
function pids() {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/**
 * @param {number} pid
 * @param {string} folder
 */
function mentions(pid, folder) {
  return ['environ', 'cmdline'].some((file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });
}
