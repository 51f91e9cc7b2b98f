// Splits a connection's bytes into frames: an INT32 size and that many bytes. A frame within one chunk of the socket is
// returned as a view of it; a larger one is collected in a buffer that is allocated once `reserve` has granted its bytes.
// No I/O.

import { MalformedRequest } from '../wire/reader.ts';

const SIZE_BYTES = 4;
const NOTHING = Buffer.alloc(0);

export class Frames {
  #maxBytes: number;
  #reserve: (bytes: number) => boolean;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #filling: { readonly frame: Buffer; filled: number } | null = null;

  /** @param reserve may return false; the caller then calls `next` again once the bytes are granted */
  constructor(maxBytes: number, reserve: (bytes: number) => boolean) {
    this.#maxBytes = maxBytes;
    this.#reserve = reserve;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Received bytes that are not yet part of a returned frame or of the one being collected. */
  get waiting(): number {
    return this.#bytes;
  }

  /** Whether a frame has begun and not ended. */
  get isMidFrame(): boolean {
    return this.#filling !== null || this.#bytes > 0;
  }

  /** The next whole frame, without its size; null if there is none yet. */
  next(): Buffer | null {
    if (this.#filling) return this.#fill(this.#filling);
    if (this.#bytes < SIZE_BYTES) return null;
    const head = this.#head(SIZE_BYTES);
    const size = head.readInt32BE(0);
    if (size < 0 || size > this.#maxBytes) {
      throw new MalformedRequest(`received a frame of ${size} bytes, expected 0 to ${this.#maxBytes}`);
    }
    if (head.length >= SIZE_BYTES + size) {
      this.#skip(SIZE_BYTES + size);
      return head.subarray(SIZE_BYTES, SIZE_BYTES + size);
    }
    if (!this.#reserve(size)) return null;
    this.#skip(SIZE_BYTES);
    this.#filling = { frame: Buffer.allocUnsafeSlow(size), filled: 0 };
    return this.#fill(this.#filling);
  }

  #fill(filling: { readonly frame: Buffer; filled: number }): Buffer | null {
    const { frame } = filling;
    while (filling.filled < frame.length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) return null;
      const copied = chunk.copy(frame, filling.filled);
      filling.filled += copied;
      this.#skip(copied);
    }
    this.#filling = null;
    return frame;
  }

  /** The first chunk, made long enough for `bytes` by joining it with those behind it. */
  #head(bytes: number): Buffer {
    let head = this.#chunks[0] ?? NOTHING;
    if (head.length < bytes) {
      head = Buffer.concat(this.#chunks);
      this.#chunks = [head];
    }
    return head;
  }

  #skip(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const chunk = this.#chunks[0] ?? NOTHING;
      if (chunk.length > left) this.#chunks[0] = chunk.subarray(left);
      else this.#chunks.shift();
      this.#bytes -= Math.min(left, chunk.length);
      left -= Math.min(left, chunk.length);
      if (chunk.length === 0) return;
    }
  }
}
