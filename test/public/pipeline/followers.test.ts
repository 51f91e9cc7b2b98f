import path from 'node:path';
import { expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';

type Followers = PipelineState['followers'];
type Module = {
  followerRows(followers: Followers): readonly (readonly string[])[];
  followersInWords(followers: Followers): string;
};
const { followerRows, followersInWords }: Module = await import(
  path.join(packageRoot, 'public/js/pipeline/followers.js')
);

const NOBODY: Followers = { read_per_second: 0, groups: [] };
const TWO: Followers = {
  read_per_second: 3,
  groups: [
    {
      name: 'sessions',
      group: 'shopstream-sessions',
      part: 'live',
      lag: 1_234,
      partitions: [
        { partition: 0, next: 5_000, lag: 1_234 },
        { partition: 1, next: 7, lag: 0 },
      ],
    },
    {
      name: 'offers',
      group: 'shopstream-offers',
      part: 'live',
      lag: 0,
      partitions: [{ partition: 0, next: 6_234, lag: 0 }],
    },
  ],
};

it('the table of followers has a row for each partition, one follower below the other', () => {
  expect(followerRows(NOBODY)).toEqual([]);
  expect(followerRows(TWO)).toEqual([
    ['sessions', 'shopstream-sessions', '0', '5,000', '1,234'],
    ['sessions', 'shopstream-sessions', '1', '7', '0'],
    ['offers', 'shopstream-offers', '0', '6,234', '0'],
  ]);
});

it('the picture says of its followers in words how far behind each is, and nothing where there are none', () => {
  expect(followersInWords(NOBODY)).toBe('');
  expect(followersInWords(TWO)).toBe(' Followers: sessions with a lag of 1,234, offers with a lag of 0.');
});
