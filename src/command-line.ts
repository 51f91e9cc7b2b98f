// The command line: reads it, runs the command, and turns what is thrown into one line and an exit code.
//   0 done   1 it could not be done   2 a setting or an argument can't be used
// A command's code is loaded by that command alone: a short one should not wait for what the others need.

import { Argument, Command, CommanderError } from 'commander';
import { aggregateCommand } from './command-line/aggregate.ts';
import { datasetCommands } from './command-line/dataset.ts';
import { pipelineCommand } from './command-line/pipeline.ts';
import { clicksCommand, sessionsCommand } from './command-line/sessions.ts';
import { commandWithSettings, givenSettings } from './command-line/settings.ts';
import { simulateCommand } from './command-line/simulate.ts';
import { ConfigError, type GivenSettings, readConfig, settingText } from './config.ts';
import { errorFields } from './runtime/error-fields.ts';
import { messageOf } from './runtime/errors.ts';
import { PARTS, type Part } from './runtime/part-names.ts';
import { version } from './runtime/version.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** What a part's parent starts it by. */
const RUN_PART = 'run-part';

function buildProgram(): Command {
  const program = new Command('shopstream')
    .description(
      'A demo shop that speaks Kafka. Each option is also an environment variable: --kafka-port is KAFKA_PORT.',
    )
    .version(version)
    .exitOverride();
  program.addCommand(startCommand());
  for (const command of datasetCommands()) program.addCommand(command);
  program.addCommand(aggregateCommand());
  program.addCommand(simulateCommand());
  program.addCommand(pipelineCommand());
  program.addCommand(sessionsCommand());
  program.addCommand(clicksCommand());
  program.addCommand(runPartCommand(), { hidden: true });
  return program;
}

function startCommand(): Command {
  return commandWithSettings('start', 'runs the shop, or only the named parts of it')
    .argument('[part...]', `${PARTS.join(', ')}; none = all`)
    .option('--quiet', 'no simulated shoppers, as --simulator off')
    .action(async (parts: string[], { quiet, ...options }: { readonly quiet?: true }) => {
      const { start } = await import('./processes/start.ts');
      const given = { ...givenSettings(options), ...(quiet ? { SIMULATOR: 'off' } : {}) };
      return start(readConfig(given), parts, given as Record<string, string>);
    });
}

function runPartCommand(): Command {
  return new Command(RUN_PART)
    .addArgument(new Argument('<part>').choices(PARTS))
    .exitOverride()
    .action(async (part: Part) => {
      const { runPart } = await import('./processes/run-part.ts');
      await runPart(part);
    });
}

/**
 * Runs a command line to its end.
 * @param argv as process.argv: node and the program come first
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let given: GivenSettings = {};
  const program = buildProgram().hook('preAction', (_program, command) => {
    given = givenSettings(command.opts());
  });
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    // A part's parent prints what the part has reported.
    if (argv[2] !== RUN_PART) console.error(`shopstream: ${messageOf(error)}`);
    if (settingText('LOG_LEVEL', given) === 'debug') console.error(errorFields(error));
    return error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED;
  }
}
