// The picture of the state machine, drawn from its moves: a place for each state, a line for each move, a dashed one back to the
// start for everything else.

import { FIRST, MOVES, OFFER, STATES, type State } from './machine.ts';

const PICTURE = { width: 920, height: 340 } as const;
const ROW_Y = 160;
/** A label of more words goes on in the next line. */
const LINE_BREAK = / (?=or )/;
const NODE = { width: 150, height: 44 } as const;

export type PictureNode = {
  readonly state: State;
  readonly name: string;
  readonly x: number;
  readonly y: number;
};
export type PictureLine = {
  readonly from: State;
  readonly to: State;
  readonly path: string;
  readonly words: readonly string[];
  readonly x: number;
  readonly y: number;
  /** True where no move was possible, or the offer is made: back to the start. */
  readonly isReset: boolean;
};

const xOf = (state: State): number => {
  const margin = NODE.width / 2 + 4;
  return margin + (STATES.indexOf(state) * (PICTURE.width - 2 * margin)) / (STATES.length - 1);
};

const nodes: readonly PictureNode[] = STATES.map((state) => ({
  state,
  name: state.replace('_', ' '),
  x: xOf(state),
  y: ROW_Y,
}));

function lineOf(from: State, to: State, words: readonly string[], isReset: boolean): PictureLine {
  const [a, b] = [xOf(from), xOf(to)];
  const top = ROW_Y - NODE.height / 2;
  const bottom = ROW_Y + NODE.height / 2;
  if (from === to) {
    const path = `M${a - 26} ${top} C${a - 40} ${top - 56} ${a + 40} ${top - 56} ${a + 26} ${top}`;
    return { from, to, path, words, x: a, y: top - 62, isReset };
  }
  if (b > a) {
    const [begin, end] = [a + NODE.width / 2, b - NODE.width / 2];
    return {
      from,
      to,
      path: `M${begin} ${ROW_Y} L${end} ${ROW_Y}`,
      words,
      x: (a + b) / 2,
      y: top - 14,
      isReset,
    };
  }
  // Resets run below the others, the longer the deeper, so that no two cross.
  const depth = isReset ? 40 + (a - b) * 0.16 : 34;
  const path = `M${a - 12} ${bottom} C${a - 12} ${bottom + depth} ${b + 12} ${bottom + depth} ${b + 12} ${bottom}`;
  return { from, to, path, words, x: (a + b) / 2, y: bottom + depth * 0.75 + 14, isReset };
}

const moves = STATES.flatMap((from) =>
  MOVES[from].map(({ to, guards }) =>
    lineOf(
      from,
      to,
      guards.flatMap(({ name }) => name.split(LINE_BREAK)),
      false,
    ),
  ),
);
const resets = STATES.filter((state) => state !== FIRST).map((from) =>
  lineOf(from, FIRST, [from === OFFER ? 'at once' : 'anything else'], true),
);

export const picture = { ...PICTURE, node: NODE, nodes, lines: [...moves, ...resets] } as const;
