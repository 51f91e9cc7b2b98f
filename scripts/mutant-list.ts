// The mutants of npm run mutants: each a line of the program, its replacement, and the tests that have to fail. A line is
// found by its content, as files move.

export type Mutant = {
  readonly name: string;
  /** The whole line, without the space around it; no other line of the program is the same, later migrations aside. */
  readonly line: string;
  readonly becomes: string;
  /** As vitest's arguments. */
  readonly tests: readonly string[];
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'counts doubled for shows and clicks',
    line: 'deltas.map(({ count }) => count),',
    becomes: "deltas.map(({ count, dimensions }) => (dimensions.title === 'order' ? count : 2 * count)),",
    tests: ['test/ingest/store'],
  },
  {
    name: 'users learned before commit',
    line: 'counted = unknown;',
    becomes: 'counted = unknown; users.learn(unknown);',
    tests: ['test/ingest/store'],
  },
  {
    name: 'order_id written into page_id',
    line: '.uuid(ids, at + PAGE_ID);',
    becomes: '.uuid(ids, at + 0 * PAGE_ID);',
    tests: ['test/chaos/broken'],
  },
  {
    name: 'a repeated order after restart published again',
    line: "if (await this.#isStored(orderId)) return 'acknowledged';",
    becomes: "if (!orderId && (await this.#isStored(orderId))) return 'acknowledged';",
    tests: ['test/storefront/orders'],
  },
  {
    name: 'fsyncMs: 0 ignored for records',
    line: 'if (settings.fsyncMs === 0) log.sync();',
    becomes: '',
    tests: ['test/broker/fsync'],
  },
  {
    name: 'CSV columns of totals swapped',
    line: "columns: ['title', 'count', 'before'],",
    becomes: "columns: ['title', 'before'],",
    tests: ['test/dashboard/charts/range'],
  },
  {
    name: 'CSV columns of today lost',
    line: "return { name: 'today', columns: ['product', 'title', 'device', 'count'], rows, more };",
    becomes: "return { name: 'today', columns: ['product', 'title', 'count'], rows, more };",
    tests: ['test/dashboard/charts/range'],
  },
  {
    name: 'context not escaped on the page of an event',
    line: '<tr><th scope="row"><%= name %></th><td colspan="2"><code><%= value %></code></td></tr>',
    becomes: '<tr><th scope="row"><%= name %></th><td colspan="2"><code><%- value %></code></td></tr>',
    tests: ['test/collector'],
  },
  {
    name: 'outbox forgets before the acknowledgement',
    line: 'const sent = await this.#send(batch);',
    becomes:
      'for (const { entry } of batch) this.#outbox.acknowledge(entry);\n    const sent = await this.#send(batch);',
    tests: ['test/kafka/publisher'],
  },
  {
    name: 'judge ignores lost malformed messages',
    line: 'lost: lostEvents.length + lostMalformed.length,',
    becomes: 'lost: lostEvents.length + 0 * lostMalformed.length,',
    tests: ['test/chaos/broken'],
  },
  {
    name: 'judge ignores doubled letters',
    line: 'doubled: stored.doubled + letters.doubled,',
    becomes: 'doubled: stored.doubled + 0 * letters.doubled,',
    tests: ['test/chaos/broken'],
  },
  {
    name: 'judge looks at two views only',
    line: 'for (const [view, recount] of Object.entries(RECOUNTS)) {',
    becomes: 'for (const [view, recount] of Object.entries(RECOUNTS).slice(0, 2)) {',
    tests: ['test/chaos/broken'],
  },
  {
    name: 'shares of the funnel of another step',
    line: 'tr.append(rate(row.orders, row.clicks), bar(row.orders, most.orders), rate(row.orders, row.shows));',
    becomes:
      'tr.append(rate(row.orders, row.shows), bar(row.orders, most.orders), rate(row.orders, row.shows));',
    tests: ['test/e2e/look-dashboard'],
  },
  {
    name: 'what the funnel says in words of another step',
    line: "const clicks = sum('clicks');",
    becomes: "const clicks = sum('shows');",
    tests: ['test/public/dashboard/titles'],
  },
  {
    name: 'page_id of the click not the show’s',
    line: 'const pageId = isId(req.query.page_id) ? req.query.page_id : newId();',
    becomes: 'const pageId = newId();',
    tests: ['test/storefront/pages'],
  },
  {
    name: 'a second request of a connection taken in hand at once',
    line: 'line.queued.push({ req, res });',
    becomes: 'take(line, { req, res });',
    tests: ['test/http/one-at-a-time'],
  },
  {
    name: 'the mark of folded outcomes passes transactions that are under way',
    line: 'horizon := pg_snapshot_xmin(pg_current_snapshot());',
    becomes: 'horizon := pg_snapshot_xmax(pg_current_snapshot());',
    tests: ['test/dashboard/questions/outcomes'],
  },
  {
    name: 'an event with a taken order_id dropped',
    line: 'return rejection === undefined ? [] : [{ record: event.record, rejection }];',
    becomes: 'return rejection === undefined ? [] : [{ record: event.record, rejection }].slice(1);',
    tests: ['test/ingest/repeats'],
  },
  {
    name: 'connections beyond 511 at once wait for a second',
    line: 'const MOST_WAITING = 4_096;',
    becomes: 'const MOST_WAITING = 511;',
    tests: ['test/http/server'],
  },
  {
    name: 'a broker is asked before it has told its versions',
    line: 'return greeted.has(this) && isConnected.call(this);',
    becomes: 'return (greeted.has(this) || true) && isConnected.call(this);',
    tests: ['test/kafka/connected-broker'],
  },
  {
    name: 'an event is set aside where the sender of its record counts seconds',
    line: "const known = [timestamp, Date.parse(received_at ?? '')].filter((ms) => ms >= FIRST_TIME_MS);",
    becomes:
      "const known = [timestamp, Date.parse(received_at ?? '')].filter((ms) => ms > 0 * FIRST_TIME_MS);",
    tests: ['test/ingest/batch'],
  },
  {
    name: 'an event at the very end of its minute not late',
    line: 'if (event.arrivedMs >= minuteOf(event.timeMs) + MINUTE_MS) minute.late += 1;',
    becomes: 'if (event.arrivedMs > minuteOf(event.timeMs) + MINUTE_MS) minute.late += 1;',
    tests: ['test/dashboard/live/windows'],
  },
  {
    name: 'robots of the simulator taken for real ones',
    line: 'simulated: marks === MARKS.simulated || marks === MARKS.both,',
    becomes: 'simulated: marks === MARKS.simulated,',
    tests: ['test/sessions/live/half-hours'],
  },
  {
    name: 'what a page told of its device taken for what events of others say',
    line: 'deviceType === undefined && isUntelling(userAgent);',
    becomes: 'deviceType === undefined && (userAgent !== undefined || isUntelling(userAgent));',
    tests: ['test/dashboard/panels/devices'],
  },
];
