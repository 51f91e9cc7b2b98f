#!/usr/bin/env node
// The program: runs its command line and exits. Nothing else exits the process.

import { runCommandLine } from './command-line.ts';

process.exit(await runCommandLine(process.argv));
