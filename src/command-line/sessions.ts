// The command `sessions` with its subcommands, and `clicks`.

import { tmpdir } from 'node:os';
import { Command, Option } from 'commander';
import type { ClicksOptions, GivenOptions, SessionsOptions } from '../sessions/commands.ts';
import { ANSWERS, FORMATS, PROFILES, RULES, SOURCES, type Source } from '../sessions/options.ts';
import { wholeNumber, wholeNumberFrom } from './option-values.ts';
import { commandWithSettings, configOf } from './settings.ts';

/** Each is open until the last line is written, and a process may have 1,024 files open (RLIMIT_NOFILE, as usual). */
const MOST_PARTS = 500;

/** `sessions` and its own commands; one without a name answers the three questions. */
export function sessionsCommand(): Command {
  const made = new Command('sessions')
    .description('sessions of files of clicks: .json or .json.gz, of any size')
    .exitOverride();
  const load = () => import('../sessions/commands.ts');
  const reading = (name: string, summary: string) =>
    new Command(name)
      .description(summary)
      .exitOverride()
      .addOption(
        new Option('--format <format>', 'how the answer is written').choices(FORMATS).default('json'),
      )
      .option('--gap <time>', 'an event that comes this long after the one before it opens a session', '30m')
      .option('--memory <size>', 'how much memory the process takes; what does not fit goes to disk', '2GB')
      .option('--spill <folder>', 'where on disk', tmpdir())
      .option('--rejects <file>', 'where to write each line that was set aside, as NDJSON');
  const run = reading('run', 'sessions of each file, of each value, and their median lengths (the default)')
    .argument('<file...>')
    .addOption(new Option('--answer <name...>', 'only these of the three').choices(ANSWERS))
    .addOption(
      new Option('--rule <name>', 'the totals by six rules, and where this one differs from ours').choices([
        ...RULES,
        'all',
      ]),
    )
    .option('--multi-event-only', 'leaves sessions of one event out of the medians')
    .action(async (files: string[], options: SessionsOptions) => {
      process.exitCode = await (await load()).sessions(files, options);
    });
  const explain = reading('explain', 'the events of visitors, each with the gap before it and the verdict')
    .argument('<id...>', 'anonymous_id')
    .requiredOption('--files <file...>', 'where to look for them')
    .action(async (ids: string[], { files, ...options }: GivenOptions & { readonly files: string[] }) => {
      process.exitCode = await (await load()).explain(ids, files, options);
    });
  const gaps = reading('gaps', 'how many sessions there are with gaps of 1, 5, 10, 15, 30 and 60 minutes')
    .argument('<file...>')
    .action(async (files: string[], options: GivenOptions) => {
      process.exitCode = await (await load()).gapCurve(files, options);
    });
  const verify = commandWithSettings(
    'verify',
    'compares the sessions that are kept with what the batch finds in the stored events',
  )
    .option('--hours <number>', 'looks at live sessions that began in the last so many hours', wholeNumber, 8)
    .addOption(
      new Option('--source <name>', 'live sessions, or those of the loaded dataset')
        .choices(SOURCES)
        .default('live'),
    )
    .action(async (options: { readonly hours: number; readonly source: Source }) => {
      const config = configOf(options);
      const { verify, verifyLoaded } = await import('../sessions/verify-command.ts');
      process.exitCode = await (options.source === 'live'
        ? verify(config, options.hours)
        : verifyLoaded(config));
    });
  return made.addCommand(run, { isDefault: true }).addCommand(explain).addCommand(gaps).addCommand(verify);
}

export function clicksCommand(): Command {
  return new Command('clicks')
    .description('writes test files of clicks; the same seed gives the same lines')
    .exitOverride()
    .option('--rows <number>', 'lines of all files together', wholeNumber, 1_000_000)
    .option('--seed <number>', 'what the random numbers start from', wholeNumber, 1)
    .addOption(
      new Option('--profile <name>', 'nearly each click another visitor, or visitors who come back')
        .choices(PROFILES)
        .default('original'),
    )
    .option('--parts <number>', `how many files, 1 to ${MOST_PARTS}`, wholeNumberFrom(1, MOST_PARTS), 10)
    .option('--out <folder>', 'where to write them', 'clicks')
    .action(async (options: ClicksOptions) => {
      const { clicks } = await import('../sessions/commands.ts');
      process.exitCode = await clicks(options);
    });
}
