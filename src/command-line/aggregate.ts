// The command `aggregate` with its subcommands.

import { Command, Option } from 'commander';
import { lockPart, prepareDataDir } from '../processes/data-dir.ts';
import { instant, wholeNumber } from './option-values.ts';
import { commandWithSettings, configOf } from './settings.ts';

/** `aggregate` and its own commands; one without a name is `run`. */
export function aggregateCommand(): Command {
  const made = new Command('aggregate').description('groups, aggregates and flushes records').exitOverride();
  const load = () => import('../aggregator/commands.ts');
  const part = (name: string, summary: string) => made.command(name).description(summary).exitOverride();
  part('lint', 'says whether definitions are valid')
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
    .addOption(nowOption('ISO 8601 in UTC'))
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
  return commandWithSettings(
    'run',
    'runs a definition over .csv, .ndjson and .json files, also .gz, or on a topic (the default)',
  )
    .argument('<definition>')
    .argument('[file...]')
    .addOption(nowOption("the run's clock, ISO 8601 in UTC"))
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
      const { follow, run } = await import('../aggregator/commands.ts');
      const { topic, format, now, out, discard, commitMs } = options;
      const config = configOf(options);
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

const nowOption = (help: string): Option =>
  new Option('--now <time>', help).argParser(instant).default(Date.now(), "the machine's");
