// The open sessions of one definition in memory, found by the cells of a record: one map for each group field, so that no
// text is put together to find a session. Equal cells are the same map key: digits and structures are interned.

import { type Cell, Digits, keyOf, Structure } from './cell.ts';
import type { Session } from './session.ts';

type Level = Map<unknown, Level | Session>;

export class OpenSessions {
  readonly #byKey = new Map<string, Session>();
  readonly #root: Level = new Map();
  readonly #interned = new Map<string, object>();

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
    const path = [...session.group.map((cell) => this.#mapKey(cell)), ...session.periods];
    let level = this.#root;
    for (const step of path.slice(0, -1)) {
      let next = level.get(step) as Level | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(step, next);
      }
      level = next;
    }
    level.set(path.at(-1), session);
  }

  delete(session: Session): void {
    this.#byKey.delete(session.key);
    const path = [...session.group.map((cell) => this.#mapKey(cell)), ...session.periods];
    this.#remove(this.#root, path, 0);
  }

  clear(): void {
    this.#byKey.clear();
    this.#root.clear();
    this.#interned.clear();
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.#byKey.values();
  }

  /** Levels that became empty go, too. */
  #remove(level: Level, path: readonly unknown[], at: number): void {
    const next = level.get(path[at]);
    if (next instanceof Map) {
      this.#remove(next, path, at + 1);
      if (next.size > 0) return;
    }
    level.delete(path[at]);
  }

  #mapKey(cell: Cell): unknown {
    if (cell === undefined) return null;
    if (!(cell instanceof Digits || cell instanceof Structure)) return cell;
    const text = keyOf([cell], []);
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    this.#interned.set(text, cell);
    return cell;
  }
}
