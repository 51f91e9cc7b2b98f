import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frames } from '../../../src/broker/server/frames.ts';

function framed(frames: Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const size = Buffer.alloc(4);
      size.writeInt32BE(frame.length);
      return [size, frame];
    }),
  );
}

test('frames come out whole however the bytes are cut, and however late memory is granted', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  const frames = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 });
  fc.assert(
    fc.property(frames, cuts, fc.array(fc.boolean()), (sent, sizes, grants) => {
      const bytes = framed(sent);
      const got: Buffer[] = [];
      let asked = 0;
      const reserve = () => grants[asked++] ?? true;
      const reader = new Frames(100, reserve);
      const takeAll = () => {
        for (let frame = reader.next(); frame; frame = reader.next()) got.push(Buffer.from(frame));
      };
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        reader.push(bytes.subarray(at, at + size));
        at += size;
        takeAll();
      }
      while (asked < grants.length && got.length < sent.length) takeAll();
      takeAll();
      expect(got).toEqual(sent.map((frame) => Buffer.from(frame)));
      expect(reader.isMidFrame).toBe(false);
    }),
  );
});

test('a size beyond the limit, or below zero, is refused', () => {
  for (const size of [101, -1, 0x7fffffff, -0x80000000]) {
    const frames = new Frames(100, () => true);
    const head = Buffer.alloc(4);
    head.writeInt32BE(size);
    frames.push(head);
    expect(() => frames.next()).toThrow(`received a frame of ${size} bytes, expected 0 to 100`);
  }
});
