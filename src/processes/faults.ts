// System faults of connections: a proxy in the process that keeps the parts, and signs that send the parts' connections over it.
// Both are there only while a fault lasts; each ends by itself.

import type { ChildProcess } from 'node:child_process';
import type { ControlRequest, Fault } from '../pipeline/control.ts';
import { type Detours, type Server, takeDetours } from '../runtime/detour.ts';
import { FaultProxy } from '../runtime/fault-proxy.ts';

type FaultRequest = Extract<ControlRequest, { readonly do: 'fault' }>;
type Sign = { readonly detours: Detours };

/** Tells children which detours to take, at their start and whenever that changes. */
export class DetourSigns {
  readonly #children = new Set<ChildProcess>();
  #detours: Detours = { kafka: null, postgres: null };

  showTo(child: ChildProcess): void {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    send(child, this.#detours);
  }

  change(detours: Partial<Detours>): void {
    this.#detours = { ...this.#detours, ...detours };
    for (const child of this.#children) send(child, this.#detours);
  }
}

function send(child: ChildProcess, detours: Detours): void {
  if (child.connected) child.send({ detours } satisfies Sign, undefined, undefined, () => {});
}

/** In a child: takes the detours that the parent tells. */
export function followSigns(parent: Pick<NodeJS.Process, 'on'>): void {
  parent.on('message', (message: unknown) => {
    if (isSign(message)) takeDetours(message.detours);
  });
}

const isSign = (message: unknown): message is Sign =>
  typeof message === 'object' && message !== null && 'detours' in message;

type ActiveFault = { readonly fault: Fault; readonly proxy: FaultProxy; readonly timer: NodeJS.Timeout };

export class Faults {
  readonly #signs: DetourSigns;
  readonly #running = new Map<Server, ActiveFault>();
  /** Proxies of faults that are over, which pass what still goes through them. */
  readonly #left = new Set<FaultProxy>();

  constructor(signs: DetourSigns) {
    this.#signs = signs;
  }

  get list(): readonly Fault[] {
    return [...this.#running.values()].map(({ fault }) => fault);
  }

  /** Begins a fault, in the place of one of the same server. */
  async begin({ target, kind, ms, seconds }: FaultRequest): Promise<void> {
    this.#end(target);
    const proxy = new FaultProxy();
    proxy.mode = kind;
    proxy.delayMs = ms;
    const port = await proxy.listen();
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    const fault: Fault = { target, kind, ms: kind === 'slow' ? ms : null, until };
    const timer = setTimeout(() => this.#end(target), seconds * 1000);
    this.#running.set(target, { fault, proxy, timer });
    this.#signs.change({ [target]: { port, token: proxy.token } });
  }

  /** Ends all. */
  heal(): void {
    for (const target of [...this.#running.keys()]) this.#end(target);
  }

  close(): void {
    this.heal();
    for (const proxy of this.#left) proxy.close();
  }

  #end(target: Server): void {
    const running = this.#running.get(target);
    if (running === undefined) return;
    clearTimeout(running.timer);
    this.#running.delete(target);
    this.#signs.change({ [target]: null });
    // Slow connections are whole: they go on, and nothing that was sent is sent twice.
    if (running.fault.kind === 'slow') {
      running.proxy.mode = 'pass';
      this.#left.add(running.proxy);
    } else running.proxy.close();
  }
}
