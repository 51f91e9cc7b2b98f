// The command line: reads it, runs the command, and turns what is thrown into one line and an exit code.
//   0 done   1 it could not be done   2 a setting or an argument can't be used
// A command's code is loaded by that command alone: a short one should not wait for what the others need.

import { tmpdir } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseInstant } from './aggregator/core/instant.ts';
import { ConfigError, optionName, readConfig, type SettingName, settings } from './config.ts';
import type { FaultOptions } from './pipeline/commands.ts';
import { lockPart, prepareDataDir } from './processes/data-dir.ts';
import { errorFields } from './runtime/error-fields.ts';
import { messageOf } from './runtime/errors.ts';
import { PARTS, type Part } from './runtime/part-names.ts';
import { version } from './runtime/version.ts';
import type { ClicksOptions, GivenOptions, SessionsOptions } from './sessions/commands.ts';
import { ANSWERS, FORMATS, PROFILES, RULES, SOURCES, type Source } from './sessions/options.ts';
import type { SimulateOptions } from './simulator/commands.ts';
import type { ReplayGiven } from './simulator/replay/options.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** What a part's parent starts it by. */
const RUN_PART = 'run-part';
type VerifyOptions = { readonly wait: number; readonly withoutSessions?: true };
type Options = Readonly<Record<string, string | undefined>>;

/** The options of a command as settings by name. */
function givenSettings(options: Options): Partial<Record<SettingName, string>> {
  const names = Object.keys(settings) as SettingName[];
  const entries = names.flatMap((name) => {
    const value =
      options[name.toLowerCase().replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase())];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** A command with every setting as an option. */
function command(name: string, summary: string): Command {
  const made = new Command(name).description(summary).exitOverride();
  for (const [setting, { fallback, help }] of Object.entries(settings)) {
    const shown = fallback === undefined ? '' : ` (default: ${fallback})`;
    made.option(`${optionName(setting as SettingName)} <value>`, `${help}${shown}`);
  }
  return made;
}

function buildProgram(): Command {
  const program = new Command('shopstream')
    .description(
      'A demo shop that speaks Kafka. Each option is also an environment variable: --kafka-port is KAFKA_PORT.',
    )
    .version(version)
    .exitOverride();
  program.addCommand(
    command('start', 'runs the shop, or only the named parts of it')
      .argument('[part...]', `${PARTS.join(', ')}; none = all`)
      .option('--quiet', 'no simulated shoppers, as --simulator off')
      .action(async (parts: string[], { quiet, ...options }: Options & { readonly quiet?: true }) => {
        const { start } = await import('./processes/start.ts');
        const given = { ...givenSettings(options), ...(quiet ? { SIMULATOR: 'off' } : {}) };
        return start(readConfig(given), parts, given as Record<string, string>);
      }),
  );
  program.addCommand(
    command('seed', "loads a file in the dataset's format: .csv, .csv.gz, .zip, or - for standard input")
      .argument('[file]', 'none: a small sample, where nothing was loaded yet')
      .option('--strict', 'the first bad row ends the load, and nothing is loaded')
      .action(async (file: string | undefined, options: Options & { readonly strict?: true }) => {
        const { seed } = await import('../seed/commands.ts');
        process.exitCode = await seed(readConfig(givenSettings(options)), file, options.strict === true);
      }),
  );
  program.addCommand(
    new Command('replica')
      .description(
        "writes a stand-in for the dataset's file to standard output; the same seed gives the same bytes",
      )
      .option('--rows <number>', 'how many rows (default: as many as the dataset has)', wholeNumber)
      .option('--seed <number>', 'what the random numbers start from', wholeNumber, 1)
      .option('--out <file>', 'where to write it (default: standard output)')
      .exitOverride()
      .action(
        async ({
          rows,
          seed,
          out,
        }: {
          readonly rows?: number;
          readonly seed: number;
          readonly out?: string;
        }) => {
          const { replica } = await import('../seed/commands.ts');
          process.exitCode = await replica(rows, seed, out);
        },
      ),
  );
  program.addCommand(
    command('verify', "compares what was loaded with the dataset's published counts").action(
      async (options: Options) => {
        const { verify } = await import('../seed/commands.ts');
        process.exitCode = await verify(readConfig(givenSettings(options)));
      },
    ),
  );
  program.addCommand(
    new Command('explore')
      .description("answers the original's questions about a file, without a database")
      .argument('<file>', '.csv, .csv.gz or .zip')
      .option('--json', 'JSON instead of tables')
      .exitOverride()
      .action(async (file: string, { json }: { readonly json?: true }) => {
        const { explore } = await import('../seed/commands.ts');
        process.exitCode = await explore(file, json === true);
      }),
  );
  program.addCommand(aggregateCommand());
  program.addCommand(simulateCommand());
  program.addCommand(pipelineCommand());
  program.addCommand(sessionsCommand());
  program.addCommand(clicksCommand());
  program.addCommand(
    new Command(RUN_PART).argument('<part>').action(async (part: Part) => {
      const { runPart } = await import('./processes/run-part.ts');
      await runPart(part);
    }),
    { hidden: true },
  );
  return program;
}

/** `aggregate` and its own commands; one without a name is `run`. */
function aggregateCommand(): Command {
  const made = new Command('aggregate').description('groups, aggregates and flushes records').exitOverride();
  const load = () => import('./aggregator/commands.ts');
  const part = (name: string, summary: string) => made.command(name).description(summary).exitOverride();
  part('lint', 'says whether definitions are without a fault')
    .argument('<definition...>')
    .option('--json', 'problems as JSON, with pointer, line, column and suggestion')
    .action(async (files: string[], { json }: { readonly json?: true }) => {
      process.exitCode = await (await load()).lint(files, json === true);
    });
  part('test', 'runs the tests that definitions carry, by their own clock')
    .argument('<definition...>')
    .action(async (files: string[]) => {
      process.exitCode = await (await load()).test(files);
    });
  part('sql', 'prints DuckDB SQL that gives the same rows of CSV files')
    .argument('<definition>')
    .argument('<file...>')
    .action(async (file: string, inputs: string[]) => {
      process.exitCode = await (await load()).sql(file, inputs);
    });
  part('explain', 'says in words what a definition does, and when it will flush')
    .argument('<definition>')
    .option('--now <time>', 'ISO 8601 in UTC', instant, Date.now())
    .action(async (file: string, { now }: { readonly now: number }) => {
      process.exitCode = await (await load()).explain(file, now);
    });
  return made.addCommand(aggregateRun(), { isDefault: true });
}

type RunOptions = {
  readonly commitMs: number;
  readonly now: number;
  readonly format: 'ndjson' | 'csv';
  readonly out?: string;
  readonly discard?: true;
  readonly topic?: string;
};

function aggregateRun(): Command {
  return command(
    'run',
    'runs a definition over .csv, .ndjson and .json files, also .gz, or on a topic (the default)',
  )
    .argument('<definition>')
    .argument('[file...]')
    .option('--now <time>', "the run's clock, ISO 8601 in UTC (default: the machine's)", instant, Date.now())
    .addOption(
      new Option('--format <format>', 'how the rows are written')
        .choices(['ndjson', 'csv'])
        .default('ndjson'),
    )
    .option('--out <file>', 'where to write the rows (default: standard output)')
    .option('--commit-ms <number>', 'milliseconds between commits', wholeNumber, 30_000)
    .option('--discard', 'forgets where a run over other files was cut off')
    .option('--topic <name>', 'reads this topic instead of files, until Ctrl-C')
    .action(async (file: string, inputs: string[], options: RunOptions) => {
      const { follow, run } = await import('./aggregator/commands.ts');
      const { topic, format, now, out, discard, commitMs } = options;
      const config = readConfig(givenSettings(options as unknown as Options));
      const prepare = () => {
        prepareDataDir(config.DATA_DIR);
        return lockPart(config.DATA_DIR, 'postgres').release;
      };
      process.exitCode =
        topic === undefined
          ? await run({
              config,
              file,
              inputs,
              now,
              format,
              out,
              discard: discard === true,
              commitMs,
              prepare,
            })
          : await follow({ config, file, topic, format, prepare });
    });
}

/** `simulate`, `simulate replay` and `simulate verify`; one without a name is a run. */
function simulateCommand(): Command {
  const made = new Command('simulate')
    .description('simulated shoppers, with faults that are known')
    .exitOverride();
  const run = command('run', 'lets shoppers visit the shop, or writes what they do to Kafka (the default)')
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
      const { replay, simulate } = await import('./simulator/commands.ts');
      const config = readConfig(givenSettings(options as unknown as Options));
      process.exitCode =
        options.replay === undefined
          ? await simulate(config, options)
          : await replay(config, options.replay, options);
    });
  const again = command(
    'replay',
    'sends recorded events again, in the order and with the gaps in which they came',
  )
    .argument('[file]', '.csv, .tsv or .ndjson, also .gz, or the zip from Kaggle (default: the topic itself)')
    .option('--seed <number>', 'what the new ids are made from (default: 1)', wholeNumber)
    .option('--clock <time>', 'when the first is sent, ISO 8601 in UTC (default: now)', instant)
    .option('--chaos <faults>', 'as of a run: late=5%,duplicate=2%@1m+30s; all=5% is every fault')
    .option('--dry-run', 'prints what would be sent as NDJSON, and sends nothing')
    .action(async (file: string | undefined, options: ReplayGiven) => {
      const { replay } = await import('./simulator/commands.ts');
      const config = readConfig(givenSettings(options as unknown as Options));
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
  const check = command(
    'verify',
    'compares what a run has injected with Kafka, rows, rollups, sessions and what was set aside',
  )
    .argument('[run]', 'its id (default: the last run)')
    .option('--wait <seconds>', 'how long ingest and live sessions may be behind', wholeNumber, 60)
    .option('--without-sessions', 'compares all but sessions, where no live part runs')
    .action(async (id: string | undefined, options: VerifyOptions) => {
      const { verify } = await import('./simulator/verify-command.ts');
      process.exitCode = await verify(
        readConfig(givenSettings(options as unknown as Options)),
        id,
        options.wait * 1000,
        options.withoutSessions !== true,
      );
    });
  // Options without a command are a run's: who asks for help is told of them.
  made.addHelpText('after', () => `\n${run.helpInformation()}`);
  return made.addCommand(run, { isDefault: true }).addCommand(again).addCommand(check);
}

/** `pipeline` and its own commands; one without a name shows the pipe. */
function pipelineCommand(): Command {
  const made = new Command('pipeline')
    .description('looks at the pipe of a running program, and breaks it')
    .exitOverride();
  const load = () => import('./pipeline/commands.ts');
  const part = (name: string, summary: string) =>
    command(name, summary).option('--url <address>', 'the shop (default: HOST and PORT)');
  type At = { readonly url?: string };
  const configOf = (options: object) => readConfig(givenSettings(options as Options));
  const show = part('show', 'rates, offsets, lag, processes and the ledger (the default)')
    .option('--json', 'as GET /api/pipeline answers')
    .action(async (options: At & { readonly json?: true }) => {
      process.exitCode = await (await load()).show(configOf(options), options.url, options.json === true);
    });
  const kill = part('kill', 'kills a part with SIGKILL; it is started again')
    .argument('<part>')
    .action(async (name: string, options: At) => {
      process.exitCode = await (await load()).signal(configOf(options), options.url, 'kill', name);
    });
  const resume = part('resume', 'lets a paused part go on')
    .argument('<part>')
    .action(async (name: string, options: At) => {
      process.exitCode = await (await load()).signal(configOf(options), options.url, 'resume', name);
    });
  const pause = part('pause', 'stops a part with SIGSTOP for a while')
    .argument('<part>')
    .option('--for <time>', 'up to 30s', '10s')
    .action(async (name: string, options: At & { readonly for: string }) => {
      process.exitCode = await (await load()).pause(configOf(options), options.url, name, options.for);
    });
  const fault = part('fault', 'disturbs connections: kafka or postgres slow, cut or silent; outbox full')
    .argument('<target>', 'kafka, postgres, outbox')
    .argument('<kind>', 'slow, cut, silent, full')
    .option('--for <time>', 'up to 5m', '30s')
    .option('--late <time>', 'how late the answers of slow connections come', '400ms')
    .action(async (target: string, kind: string, options: FaultOptions) => {
      process.exitCode = await (await load()).fault(configOf(options), target, kind, options);
    });
  const heal = part('heal', 'ends every fault and every pause').action(async (options: At) => {
    process.exitCode = await (await load()).heal(configOf(options), options.url);
  });
  made.addCommand(show, { isDefault: true });
  for (const one of [kill, pause, resume, fault, heal]) made.addCommand(one);
  return made;
}

/** `sessions` and its own commands; one without a name answers the three questions. */
function sessionsCommand(): Command {
  const made = new Command('sessions')
    .description('sessions of files of clicks: .json or .json.gz, of any size')
    .exitOverride();
  const load = () => import('./sessions/commands.ts');
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
  const verify = command(
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
      const config = readConfig(givenSettings(options as unknown as Options));
      const { verify, verifyLoaded } = await import('./sessions/verify-command.ts');
      process.exitCode = await (options.source === 'live'
        ? verify(config, options.hours)
        : verifyLoaded(config));
    });
  return made.addCommand(run, { isDefault: true }).addCommand(explain).addCommand(gaps).addCommand(verify);
}

function clicksCommand(): Command {
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
    .option('--parts <number>', 'how many files', wholeNumber, 10)
    .option('--out <folder>', 'where to write them', 'clicks')
    .action(async (options: ClicksOptions) => {
      const { clicks } = await import('./sessions/commands.ts');
      process.exitCode = await clicks(options);
    });
}

function instant(text: string): number {
  const time = parseInstant(text);
  if (time === undefined) throw new InvalidArgumentError('Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.');
  return time;
}

function wholeNumber(text: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('Expected a whole number.');
}

/**
 * Runs a command line to its end.
 * @param argv as process.argv: node and the program come first
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    // A part's parent prints what the part has reported.
    if (argv[2] !== RUN_PART) console.error(`shopstream: ${messageOf(error)}`);
    if (process.env.LOG_LEVEL === 'debug') console.error(errorFields(error));
    return error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED;
  }
}
