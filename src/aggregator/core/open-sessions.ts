// The open sessions of one definition in memory. Nested maps, one level for each group field and period, find them by the cells of a
// record without building a string. Digits and structures are objects: each distinct text has one shared map key while a session
// uses it.

import { type Cell, Digits, keyOf, Structure } from './cell.ts';
import type { Session } from './session.ts';

type Level = Map<unknown, Level | Session>;
/** The map key of digits or a structure. */
type SharedKey = { uses: number };

const isObject = (cell: Cell): boolean => cell instanceof Digits || cell instanceof Structure;

/** Iterates in the order in which sessions were added. */
export class OpenSessions {
  readonly #byKey = new Map<string, Session>();
  readonly #root: Level = new Map();
  readonly #shared = new Map<string, SharedKey>();

  get size(): number {
    return this.#byKey.size;
  }

  byKey(key: string): Session | undefined {
    return this.#byKey.get(key);
  }

  find(group: readonly Cell[], periods: readonly string[]): Session | undefined {
    let level: Level | Session | undefined = this.#root;
    for (const cell of group) {
      level = (level as Level).get(this.#mapKey(cell));
      if (level === undefined) return undefined;
    }
    for (const start of periods) {
      level = (level as Level).get(start);
      if (level === undefined) return undefined;
    }
    return level as Session;
  }

  add(session: Session): void {
    this.#byKey.set(session.key, session);
    const path = this.#path(session, 1);
    const last = path.length - 1;
    let level = this.#root;
    for (let at = 0; at < last; at += 1) {
      let next = level.get(path[at]) as Level | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(path[at], next);
      }
      level = next;
    }
    level.set(path[last], session);
  }

  delete(session: Session): void {
    this.#byKey.delete(session.key);
    const path = this.#path(session, -1);
    this.#remove(this.#root, path, 0);
  }

  clear(): void {
    this.#byKey.clear();
    this.#root.clear();
    this.#shared.clear();
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#byKey.values();
  }

  /** Removes the path and the levels that are empty then. */
  #remove(level: Level, path: readonly unknown[], at: number): void {
    const next = level.get(path[at]);
    if (next instanceof Map) {
      this.#remove(next, path, at + 1);
      if (next.size > 0) return;
    }
    level.delete(path[at]);
  }

  #path({ group, periods }: Session, uses: 1 | -1): unknown[] {
    const path: unknown[] = [];
    for (const cell of group) path.push(isObject(cell) ? this.#share(cell, uses) : this.#mapKey(cell));
    for (const start of periods) path.push(start);
    return path;
  }

  /** The map key of a cell; undefined, which is never a key, for digits or a structure that no session has. */
  #mapKey(cell: Cell): unknown {
    if (cell === undefined) return null;
    return isObject(cell) ? this.#shared.get(keyOf([cell], [])) : cell;
  }

  #share(cell: Cell, uses: 1 | -1): SharedKey {
    const text = keyOf([cell], []);
    const key = this.#shared.get(text) ?? { uses: 0 };
    key.uses += uses;
    if (key.uses > 0) this.#shared.set(text, key);
    else this.#shared.delete(text);
    return key;
  }
}
