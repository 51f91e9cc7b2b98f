// The picture of the state machine, drawn from its moves: a place for each state, a line for each move, a dashed one back to the
// start for everything else.

import { FIRST, MOVES, OFFER, STATES, type State } from './machine.ts';

const PICTURE = { width: 920, height: 310 } as const;
const ROW_Y = 112;
/** A label of more words goes on in the next line. */
const LINE_BREAK = / (?=or )/;
/** Of labels; `y` is the last line's. */
const LINE_HEIGHT = 15;
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
  // Lines back run below the others, nested: the longer, the deeper and the further left it ends, so that no two cross.
  const back = STATES.indexOf(from) - STATES.indexOf(to);
  const depth = isReset ? 60 * back + 8 : 34;
  const [begin, end] = isReset ? [a - 10, b + 64 - 26 * back] : [a - 40, b + 40];
  const path = `M${begin} ${bottom} C${begin} ${bottom + depth} ${end} ${bottom + depth} ${end} ${bottom}`;
  const under = bottom + depth * 0.75 + 16 + (words.length - 1) * LINE_HEIGHT;
  return { from, to, path, words, x: (begin + end) / 2, y: under, isReset };
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
