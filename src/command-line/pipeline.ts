// The command `pipeline` with its subcommands.

import { Command } from 'commander';
import type { FaultOptions } from '../pipeline/commands.ts';
import { commandWithSettings, configOf } from './settings.ts';

/** `pipeline` and its own commands; one without a name shows the pipe. */
export function pipelineCommand(): Command {
  const made = new Command('pipeline')
    .description('looks at the pipe of a running program, and breaks it')
    .exitOverride();
  const load = () => import('../pipeline/commands.ts');
  const part = (name: string, summary: string) =>
    commandWithSettings(name, summary).option('--url <address>', 'the shop (default: HOST and PORT)');
  type At = { readonly url?: string };
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
