// How far a stage of the line had come, and when: offsets by partition, as each of them is passed once.

type Mark = { readonly offset: number; readonly at: number };

export class Reached {
  readonly #marks = new Map<number, Mark[]>();

  /** @param at milliseconds since 1970 */
  note(partition: number, offset: number, at: number): void {
    const marks = this.#marks.get(partition) ?? [];
    this.#marks.set(partition, marks);
    if (offset > (marks.at(-1)?.offset ?? -1)) marks.push({ offset, at });
  }

  /** Notes each place that a text names, as the rows of raw events have it in JSON. */
  noteAll(json: string, at: number): void {
    for (const [, partition, offset] of json.matchAll(/"partition":(\d+),"offset":"(\d+)"/g))
      this.note(Number(partition), Number(offset), at);
  }

  /** When the stage had come to an offset or beyond; undefined where it never did. */
  at(partition: number, offset: number): number | undefined {
    const marks = this.#marks.get(partition) ?? [];
    let [low, high] = [0, marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((marks[middle]?.offset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return marks[low]?.at;
  }
}
