// Loaded before the program (node --import): at each SIGUSR2 the wall clock of the process is set back by an hour, the
// monotonic one goes on.

const HOUR_MS = 3_600_000;
const TrueDate = Date;
let shift = 0;

globalThis.Date = class extends TrueDate {
  constructor(...given) {
    if (given.length === 0) super(TrueDate.now() + shift);
    else super(...given);
  }
  static now() {
    return TrueDate.now() + shift;
  }
};

process.on('SIGUSR2', () => {
  shift -= HOUR_MS;
});
