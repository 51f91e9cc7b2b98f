// What is asked of the process that keeps the parts, and what of the outbox here. That process is played by a list of its requests.

import { describe, expect, it } from 'vitest';
import type { Publisher } from '../../src/kafka/publisher.ts';
import { Actions } from '../../src/pipeline/actions.ts';
import type { ControlRequest, ProcessesLook } from '../../src/pipeline/control.ts';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';

const SLOW = { target: 'kafka', kind: 'slow', ms: 400, until: '2026-03-02T09:00:00.000Z' } as const;

function actionsOf(answer: ProcessesLook | Error = { parts: [], faults: [SLOW] }) {
  const asked: ControlRequest[] = [];
  let isClosed = false;
  const publisher = {
    simulateFullOutbox: (closed: boolean) => {
      isClosed = closed;
    },
  } as unknown as Publisher;
  const actions = new Actions(publisher, async (request) => {
    asked.push(request);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { actions, asked, isClosed: () => isClosed };
}

const FULL = { do: 'fault', target: 'outbox', kind: 'full', seconds: 60 } as const;

describe('a full outbox', () => {
  it('a full outbox is made by the web part itself, and told beside the faults of connections', async () => {
    const { actions, asked, isClosed } = actionsOf();
    const before = Date.now();
    const { faults } = await actions.act(FULL);
    expect(isClosed()).toBe(true);
    expect(asked).toEqual([{ do: 'look' }]);
    expect(faults[0]).toEqual(SLOW);
    expect(faults[1]).toMatchObject({ target: 'outbox', kind: 'full', ms: null });
    expect(Date.parse(faults[1]?.until ?? '') - before).toBeGreaterThanOrEqual(60_000);
    actions.close();
  });

  it('a full outbox has room again once everything is healed, there and here', async () => {
    const { actions, asked, isClosed } = actionsOf();
    await actions.act(FULL);
    expect((await actions.act({ do: 'heal' })).faults).toEqual([SLOW]);
    expect(isClosed()).toBe(false);
    expect(asked.at(-1)).toEqual({ do: 'heal' });
  });

  it('a full outbox is full for as long as the last one says, and told once', async () => {
    const { actions } = actionsOf();
    await actions.act(FULL);
    const { faults } = await actions.act({ ...FULL, seconds: 120 });
    expect(faults.filter(({ target }) => target === 'outbox')).toHaveLength(1);
    actions.close();
  });

  it('a full outbox has room again where the shop ends', async () => {
    const { actions, isClosed } = actionsOf();
    await actions.act(FULL);
    actions.close();
    expect(isClosed()).toBe(false);
  });
});

describe('what is done to parts', () => {
  it('what is done to a part is asked as it is of the process that keeps it', async () => {
    const { actions, asked } = actionsOf();
    const requests = [
      { do: 'kill', part: 'ingest' },
      { do: 'pause', part: 'broker', seconds: 3 },
      { do: 'fault', target: 'postgres', kind: 'cut', ms: 10, seconds: 5 },
    ] as const;
    for (const request of requests) await actions.act(request);
    expect(asked).toEqual(requests);
  });

  it('what can’t be done to a part is refused in the words of the process that keeps it', async () => {
    const { actions } = actionsOf(new ExpectationError('there is no such part'));
    await expect(actions.act({ do: 'kill', part: 'x' })).rejects.toThrow('there is no such part');
  });

  it('a fault of a quiz is hidden from who is to guess it', async () => {
    const { actions } = actionsOf();
    actions.hideFaults(true);
    expect((await actions.act(FULL)).faults).toEqual([]);
    actions.hideFaults(false);
    expect((await actions.look()).faults).toHaveLength(2);
    actions.close();
  });
});

describe('a web part that runs alone', () => {
  const alone = () => new Actions({ simulateFullOutbox: () => {} } as unknown as Publisher, undefined);

  it('a web part that runs alone has nothing to tell of other parts, and nothing to heal there', async () => {
    expect(alone().hasControl).toBe(false);
    expect(await alone().look()).toEqual({ parts: [], faults: [] });
    expect(await alone().act({ do: 'heal' })).toEqual({ parts: [], faults: [] });
  });

  it('a web part that runs alone can fill its own outbox, and kill nobody', async () => {
    const actions = alone();
    expect((await actions.act(FULL)).faults).toHaveLength(1);
    actions.close();
    await expect(actions.act({ do: 'kill', part: 'ingest' })).rejects.toMatchObject({
      status: 503,
      code: 'no_control',
    });
  });
});
