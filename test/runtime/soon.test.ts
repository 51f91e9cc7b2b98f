import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Soon } from '../../src/runtime/soon.ts';

describe('Soon', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('Soon does once what many ask for, and not again before its pace', () => {
    const work = vi.fn();
    const soon = new Soon(100, work);
    for (let asked = 0; asked < 5; asked += 1) soon.call();
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
    soon.call();
    soon.call();
    vi.advanceTimersByTime(98);
    expect(work).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2);
    expect(work).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('Soon waits for others that ask', () => {
    const work = vi.fn();
    const soon = new Soon(100, work, 10);
    soon.call();
    vi.advanceTimersByTime(9);
    soon.call();
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('Soon begins no work before the last is done, however long that takes, and its pace may change', async () => {
    let paceMs = 100;
    let done = () => {};
    const work = vi.fn(
      () =>
        new Promise<void>((resolve) => {
          done = resolve;
        }),
    );
    const soon = new Soon(() => paceMs, work);
    for (let second = 0; second < 5; second += 1) {
      soon.call();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(work).toHaveBeenCalledTimes(1);
    paceMs = 10_000;
    done();
    await vi.advanceTimersByTimeAsync(4_998);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(work).toHaveBeenCalledTimes(2);
    done();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('Soon does nothing any more once it is closed', () => {
    const work = vi.fn();
    const soon = new Soon(100, work);
    soon.call();
    soon.close();
    vi.advanceTimersByTime(1_000);
    expect(work).not.toHaveBeenCalled();
  });
});
