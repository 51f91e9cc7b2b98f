import { expect, it } from 'vitest';
import { Source } from '../../src/pipeline/source.ts';

/** A source whose answers are given by hand. */
function asked<T>() {
  const given: PromiseWithResolvers<T>[] = [];
  const source = new Source<T>(() => {
    const answer = withResolvers<T>();
    given.push(answer);
    return answer.promise;
  });
  return { source, given };
}

type PromiseWithResolvers<T> = {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
};

function withResolvers<T>(): PromiseWithResolvers<T> {
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

it('a source of the pipe’s state asks once for all who want to know meanwhile, and anew afterwards', async () => {
  const { source, given } = asked<string>();
  const both = [source.poll(), source.poll()];
  expect(given).toHaveLength(1);
  given[0]?.resolve('first');
  await Promise.all(both);
  expect(source.latest).toBe('first');
  const again = source.poll();
  expect(given).toHaveLength(2);
  expect(source.latest).toBe('first');
  given[1]?.resolve('second');
  await again;
  expect(source.latest).toBe('second');
});

it('a source of the pipe’s state keeps the newest answer where the next question fails, says why, and is well again with the next answer', async () => {
  const { source, given } = asked<number>();
  const first = source.poll();
  given[0]?.resolve(1);
  await first;
  expect(source.problem).toBeUndefined();
  const second = source.poll();
  given[1]?.reject(new Error('it is away'));
  await second;
  expect(source.problem).toBe('it is away');
  expect(source.latest).toBe(1);
  const third = source.poll();
  given[2]?.resolve(3);
  await third;
  expect(source.problem).toBeUndefined();
});

it('a source of the pipe’s state has no problem while its first answer is awaited for a moment', () => {
  const { source } = asked<number>();
  void source.poll();
  expect(source.problem).toBeUndefined();
  expect(source.latest).toBeUndefined();
});

it('a source of the pipe’s state is newer than another only where it was asked after the other had answered', async () => {
  const [early, late] = [asked<number>(), asked<number>()];
  const first = early.source.poll();
  const between = late.source.poll();
  early.given[0]?.resolve(1);
  await first;
  late.given[0]?.resolve(1);
  await between;
  expect(late.source.isNewerThan(early.source)).toBe(false);
  const second = late.source.poll();
  late.given[1]?.resolve(2);
  await second;
  expect(late.source.isNewerThan(early.source)).toBe(true);
});
