// The commands of the dataset: seed, replica, verify, explore.

import { Command } from 'commander';
import { wholeNumber } from './option-values.ts';
import { commandWithSettings, configOf } from './settings.ts';

const load = () => import('../../seed/commands.ts');

export function datasetCommands(): readonly Command[] {
  return [seedCommand(), replicaCommand(), verifyCommand(), exploreCommand()];
}

function seedCommand(): Command {
  return commandWithSettings(
    'seed',
    "loads a file in the dataset's format: .csv, .csv.gz, .zip, or - for standard input",
  )
    .argument('[file]', 'none: a small sample, where nothing was loaded yet')
    .option('--strict', 'the first bad row ends the load, and nothing is loaded')
    .action(async (file: string | undefined, options: { readonly strict?: true }) => {
      process.exitCode = await (await load()).seed(configOf(options), file, options.strict === true);
    });
}

type ReplicaOptions = { readonly rows?: number; readonly seed: number; readonly out?: string };

function replicaCommand(): Command {
  return new Command('replica')
    .description(
      "writes a stand-in for the dataset's file to standard output; the same seed gives the same bytes",
    )
    .option('--rows <number>', 'how many rows (default: as many as the dataset has)', wholeNumber)
    .option('--seed <number>', 'what the random numbers start from', wholeNumber, 1)
    .option('--out <file>', 'where to write it (default: standard output)')
    .exitOverride()
    .action(async ({ rows, seed, out }: ReplicaOptions) => {
      process.exitCode = await (await load()).replica(rows, seed, out);
    });
}

function verifyCommand(): Command {
  return commandWithSettings('verify', "compares what was loaded with the dataset's published counts").action(
    async (options: object) => {
      process.exitCode = await (await load()).verify(configOf(options));
    },
  );
}

function exploreCommand(): Command {
  return new Command('explore')
    .description("answers the original's questions about a file, without a database")
    .argument('<file>', '.csv, .csv.gz or .zip')
    .option('--json', 'JSON instead of tables')
    .exitOverride()
    .action(async (file: string, { json }: { readonly json?: true }) => {
      process.exitCode = await (await load()).explore(file, json === true);
    });
}
