// Questions to the shop's API.

import { address } from './base.js';

/**
 * @param {string} path from the shop's root
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the answer
 * @throws {Error} with the message of the API's error, or with the status where another server answers, as a proxy with a page of its own
 */
export async function askJson(path, options) {
  const response = await fetch(address(path), { headers: { Accept: 'application/json' }, ...options });
  if (response.ok) return response.json();
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error?.message ?? `the shop answered ${response.status}`);
}
