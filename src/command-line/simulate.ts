// The command `simulate` with its subcommands.

import { Command } from 'commander';
import type { SimulateOptions } from '../simulator/commands.ts';
import type { ReplayGiven } from '../simulator/replay/options.ts';
import { instant, wholeNumber } from './option-values.ts';
import { commandWithSettings, configOf } from './settings.ts';

type VerifyOptions = { readonly wait: number; readonly withoutSessions?: true };

/** `simulate`, `simulate replay` and `simulate verify`; one without a name is a run. */
export function simulateCommand(): Command {
  const made = new Command('simulate')
    .description('simulated shoppers, with faults that are known')
    .exitOverride();
  const run = commandWithSettings(
    'run',
    'lets shoppers visit the shop, or writes what they do to Kafka (the default)',
  )
    .option('--users <number>', 'shoppers (default: 200)', wholeNumber)
    .option('--rate <number>', 'events a second of all, or max (default: 0.25 for each shopper)')
    .option('--duration <time>', 'as 30s, 10m or 2h (default: 10m)')
    .option('--seed <number>', 'what the random numbers start from (default: 1)', wholeNumber)
    .option('--persona <name>', 'shoppers of this kind alone (default: all kinds)')
    .option('--target <name>', 'http, the shop itself, or kafka, past it (default: http)')
    .option(
      '--chaos <faults>',
      'as late=5%,duplicate=2%@1m+30s: from 1m on, for 30s; all=5% is every fault; of the system kill=ingest@10s, pause=broker@10s+5s, kafka=cut@10s+8s, outbox=full@10s+8s',
    )
    .option('--curve <name>', "flat, or week for a week's hours (default: week from a day on)")
    .option('--clock <time>', 'the first moment, ISO 8601 in UTC (default: now)', instant)
    .option('--scenario <file>', 'all of this from a YAML file; options win')
    .option('--url <address>', 'the shop (default: HOST and PORT)')
    .option('--dry-run', 'prints what would be sent as NDJSON, and sends nothing')
    .option('--replay <file>', 'sends a recorded file instead, as `simulate replay` does')
    .action(async (options: SimulateOptions & ReplayGiven & { readonly replay?: string }) => {
      const { replay, simulate } = await import('../simulator/commands.ts');
      const config = configOf(options);
      process.exitCode =
        options.replay === undefined
          ? await simulate(config, options)
          : await replay(config, options.replay, options);
    });
  const again = commandWithSettings(
    'replay',
    'sends recorded events again, in the order and with the gaps in which they came',
  )
    .argument('[file]', '.csv, .tsv or .ndjson, also .gz, or the zip from Kaggle (default: the topic itself)')
    .option('--seed <number>', 'what the new ids are made from (default: 1)', wholeNumber)
    .option('--clock <time>', 'when the first is sent, ISO 8601 in UTC (default: now)', instant)
    .option('--chaos <faults>', 'as of a run: late=5%,duplicate=2%@1m+30s; all=5% is every fault')
    .option('--dry-run', 'prints what would be sent as NDJSON, and sends nothing')
    .action(async (file: string | undefined, options: ReplayGiven) => {
      const { replay } = await import('../simulator/commands.ts');
      const config = configOf(options);
      process.exitCode = await replay(config, file, options);
    });
  for (const one of [run, again])
    one
      .option(
        '--speed <times>',
        'of a replay: 10x is ten times as fast as recorded, max as fast as Kafka takes it',
      )
      .option('--longest-gap <time>', 'of a replay: longer waits are cut to it (default: 10s)')
      .option('--keep-timing', 'of a replay: no wait is cut')
      .option('--loop', 'of a replay: begins again at the end, until Ctrl-C')
      .option('--map <columns>', 'of a replay: column=field, with commas between, where names differ')
      .option('--from <time>', 'of a replay of the topic: from this time on, ISO 8601 in UTC', instant)
      .option(
        '--to <time>',
        'of a replay of the topic: up to this time, and not at it (default: now)',
        instant,
      );
  const check = commandWithSettings(
    'verify',
    'compares what a run has injected with Kafka, rows, rollups, sessions and what was set aside',
  )
    .argument('[run]', 'its id (default: the last run)')
    .option('--wait <seconds>', 'how long ingest and live sessions may be behind', wholeNumber, 60)
    .option('--without-sessions', 'compares all but sessions, where no live part runs')
    .action(async (id: string | undefined, options: VerifyOptions) => {
      const { verify } = await import('../simulator/verify-command.ts');
      process.exitCode = await verify(
        configOf(options),
        id,
        options.wait * 1000,
        options.withoutSessions !== true,
      );
    });
  // Options without a command are a run's: who asks for help is told of them.
  made.addHelpText('after', () => `\n${run.helpInformation()}`);
  return made.addCommand(run, { isDefault: true }).addCommand(again).addCommand(check);
}
