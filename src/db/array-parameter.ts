// A list of values as one parameter of a statement, in PostgreSQL's binary format (src/backend/utils/adt/arrayfuncs.c, array_send):
//   int32 dimensions = 1  int32 has nulls = 0  int32 type of the elements  int32 how many  int32 first index = 1
//   per element: int32 length, bytes, as in a field of COPY
// As text, thousands of values would be escaped and joined here, and parsed by the server.

import pg from 'pg';
import { CopyRows } from './copy.ts';

/** OIDs of pg_type. */
const TYPES = {
  bigint: pg.types.builtins.INT8,
  json: pg.types.builtins.JSON,
  timestamptz: pg.types.builtins.TIMESTAMPTZ,
  date: pg.types.builtins.DATE,
} as const;

const HEADER_BYTES = 20;
const [DIMENSIONS, TYPE, COUNT, FIRST] = [0, 8, 12, 16];

/** An array that grows element by element. It has no NULLs. */
export class ArrayParameter {
  readonly #elements: CopyRows;
  #count = 0;

  /** @param expectedBytes first size of the buffer, which grows */
  constructor(type: keyof typeof TYPES, expectedBytes?: number) {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeInt32BE(1, DIMENSIONS);
    header.writeInt32BE(TYPES[type], TYPE);
    header.writeInt32BE(1, FIRST);
    this.#elements = new CopyRows(expectedBytes, header);
  }

  /** Begins the next element. The caller writes exactly one field, of the array's type. */
  next(): CopyRows {
    this.#count += 1;
    return this.#elements;
  }

  /** The value of the parameter: pg sends a Buffer in the binary format. */
  get value(): Buffer {
    const written = this.#elements.written;
    written.writeInt32BE(this.#count, COUNT);
    return written;
  }
}
