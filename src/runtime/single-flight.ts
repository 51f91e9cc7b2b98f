// One computation for all concurrent callers with the same key. No caller gets a result whose computation began before its call:
// callers during a computation share the next one, so that any number of them costs two.

type Run<T> = { readonly running: Promise<T>; next?: Promise<T> };

export class SingleFlight<T> {
  readonly #runs = new Map<string, Run<T>>();

  /** @param make begins after this call, at once where nobody else is waiting */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const run = this.#runs.get(key);
    if (run === undefined) return this.#start(key, make);
    run.next ??= run.running.then(
      () => this.#start(key, make),
      () => this.#start(key, make),
    );
    return run.next;
  }

  #start(key: string, make: () => Promise<T>): Promise<T> {
    const run: Run<T> = { running: make() };
    this.#runs.set(key, run);
    const forget = () => {
      if (run.next === undefined) this.#runs.delete(key);
    };
    run.running.then(forget, forget);
    return run.running;
  }
}
