// Simulates open dashboards: each holds the stream, and at each `changed` requests the charts that it names and whose range
// includes today, as public/js/dashboard/page.js does. Ten of each of five views.

const DAY_MS = 86_400_000;
const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const VIEWS = [
  { from: '2019-01-01' },
  { from: day(0) },
  { from: day(-6) },
  { from: day(-29) },
  { from: day(-29), product: 'clothes' },
];

export type Crowd = { readonly seen: { today: number; questions: number; asked: number }; close(): void };

/** Opens `count` dashboards. */
export async function openCrowd(url: string, count: number): Promise<Crowd> {
  const ending = new AbortController();
  const seen = { today: 0, questions: 0, asked: 0 };
  const opened = Array.from({ length: count }, async (_, n) => {
    const response = await fetch(`${url}/api/live`, { signal: ending.signal });
    void follow(url, response, VIEWS[n % VIEWS.length] ?? {}, seen).catch(() => {});
  });
  await Promise.all(opened);
  return { seen, close: () => ending.abort() };
}

async function follow(url: string, response: Response, view: object, seen: Crowd['seen']): Promise<void> {
  let buffered = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const messages = (buffered + chunk).split('\n\n');
    buffered = messages.pop() ?? '';
    for (const message of messages) {
      if (message.startsWith('event: today')) seen.today += 1;
      if (message.startsWith('event: questions')) seen.questions += 1;
      if (message.startsWith('event: changed')) void ask(url, view, seen).catch(() => {});
    }
  }
}

async function ask(url: string, view: object, seen: Crowd['seen']): Promise<void> {
  const range = new URLSearchParams({ ...view, to: day(1) });
  const bare = new URLSearchParams([...range].filter(([name]) => name !== 'product'));
  const paths = [
    `totals?${range}`,
    `daily?${range}`,
    `orders?${range}`,
    `funnel?${bare}`,
    `devices?year=${day(0).slice(0, 4)}`,
  ];
  await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${url}/api/charts/${path}`);
      await response.arrayBuffer();
      if (response.ok) seen.asked += 1;
    }),
  );
}
