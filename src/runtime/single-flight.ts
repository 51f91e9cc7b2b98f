// One computation for all who ask the same at the same time. Nobody gets numbers that are older than the question: who
// asks while one is being made shares the next, so that any crowd costs two.

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
