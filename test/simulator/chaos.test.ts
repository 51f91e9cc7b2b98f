import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARTS } from '../../src/runtime/part-names.ts';
import { type Chaos, chaosText, parseChaos } from '../../src/simulator/chaos.ts';
import { FAULT_NAMES, type Fault } from '../../src/simulator/core/faults.ts';
import { disturbanceOf, type SystemStep } from '../../src/simulator/system-faults.ts';

describe('faults on the command line', () => {
  it('faults on the command line are those of events and those of the system, each in its own order', () => {
    expect(
      parseChaos(
        'late=5%@1m+30s, kill=ingest@10s,pause=broker@1m+5s,kafka=slow:800ms@2s+8s,postgres=cut+3s,outbox=full@1s+4s,duplicate=2%',
      ),
    ).toEqual({
      faults: [
        { fault: 'late', share: 0.05, from: 60_000, until: 90_000 },
        { fault: 'duplicate', share: 0.02, from: 0, until: Number.POSITIVE_INFINITY },
      ],
      system: [
        { at: 10_000, fault: { do: 'kill', part: 'ingest' } },
        { at: 60_000, fault: { do: 'pause', part: 'broker', seconds: 5 } },
        { at: 2_000, fault: { do: 'fault', target: 'kafka', kind: 'slow', ms: 800, seconds: 8 } },
        { at: 0, fault: { do: 'fault', target: 'postgres', kind: 'cut', ms: 400, seconds: 3 } },
        { at: 1_000, fault: { do: 'fault', target: 'outbox', kind: 'full', seconds: 4 } },
      ],
    });
  });

  it.each([
    ['', 'chaos: received "", expected name=share with late, out-of-order'],
    ['kill', 'or a fault of the system as kill=ingest@10s'],
    ['kill=nobody@1s', 'chaos: received "kill=nobody@1s", expected kill=PART@time with postgres, broker'],
    ['kill=ingest@1s+3s', 'chaos: received "kill=ingest@1s+3s", expected kill=PART@time with'],
    ['kill=ingest:400ms', 'expected kill=PART@time with'],
    ['pause=ingest@1s', 'chaos: received "pause=ingest@1s", expected pause=PART@time+length with'],
    ['kafka=cut@1s', 'expected kafka or postgres=slow:400ms@time+length'],
    ['kafka=cut:400ms@1s+3s', 'expected kafka or postgres=slow:400ms@time+length'],
    [
      'kafka=full+3s',
      'received kafka full, expected kafka or postgres with slow, cut, silent, or outbox with full',
    ],
    ['outbox=slow+3s', 'received outbox slow, expected'],
    ['kafka=slow@soon+3s', 'chaos: received "soon", expected a time as 30s'],
    ['outbox=full+long', 'for: received "long", expected a time as 30s'],
    ['late=5%,outbox=', 'chaos: received "outbox=", expected kafka or postgres=slow'],
    ['disk=full+3s', 'chaos: received "disk=full+3s", expected name=share'],
  ])('faults on the command line are refused where they are %j, by the part that is wrong', (text, words) => {
    expect(() => parseChaos(text)).toThrow(words);
  });

  it('faults on the command line are written as they are read', () => {
    const share = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(10_000).map((n) => n / 10_000),
    );
    const [at, seconds] = [fc.nat(3_000_000_000), fc.integer({ min: 1, max: 300 })];
    const anyFault = fc
      .record({
        fault: fc.constantFrom(...FAULT_NAMES),
        share,
        from: at,
        lasting: fc.option(fc.integer({ min: 1, max: 3_000_000_000 }), { nil: Number.POSITIVE_INFINITY }),
      })
      .map(({ lasting, ...fault }): Fault => ({ ...fault, until: fault.from + lasting }));
    const part = fc.constantFrom(...PARTS);
    const anyStep: fc.Arbitrary<SystemStep> = fc.record({
      at,
      fault: fc.oneof(
        fc.record({ do: fc.constant('kill' as const), part }),
        fc.record({ do: fc.constant('pause' as const), part, seconds }),
        fc
          .record({
            target: fc.constantFrom('kafka', 'postgres'),
            kind: fc.constantFrom('slow', 'cut', 'silent'),
            ms: fc.nat(5_000),
            seconds,
          })
          .map((one) => disturbanceOf(one.target, one.kind, one.ms, one.seconds)),
        seconds.map((one) => disturbanceOf('outbox', 'full', 0, one)),
      ),
    });
    const some = fc.record({ faults: fc.array(anyFault), system: fc.array(anyStep) });
    fc.assert(
      fc.property(some, (chaos: Chaos) => {
        if (chaos.faults.length + chaos.system.length === 0) return;
        // -0 is written as 0.
        const faults = chaos.faults.map((fault) => ({ ...fault, share: fault.share + 0 }));
        expect(parseChaos(chaosText(chaos))).toEqual({ ...chaos, faults });
      }),
    );
  });
});
