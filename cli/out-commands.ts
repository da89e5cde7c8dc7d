/** Commands that take out of a run what it has learned. */
import { Option, type Command } from 'commander';
import type { ExitCode } from './exit.ts';
import { quietOption } from './options.ts';
import type { Terminal } from './terminal.ts';

type Done = (work: Promise<ExitCode>) => Promise<void>;

export function taking(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('export')
    .description('one trained network as a file for other programs, with a README of what goes in and out')
    .argument('<run>', 'a run directory, or one of its checkpoints')
    .argument('[network]', 'needed where the spec has several')
    .addOption(
      new Option('--to <format>', 'a model (onnx), a Python module (torch), or its tensors alone')
        .choices(['onnx', 'torch', 'safetensors', 'npz'])
        .default('onnx'),
    )
    .option('--out <folder>', 'where to (default: <network>-<format>)')
    .option('--average', 'the moving average that the spec keeps of it', false)
    .option('--checkpoint <which>', 'an iteration, or best (default: the newest)')
    .option('--force', 'in the place of an earlier export', false)
    .option('--json', 'what goes in and comes out as JSON on the standard output', false)
    .addOption(quietOption())
    .action((run, network, options) =>
      done(import('./export.ts').then((m) => m.exportNetwork(run, network, options, terminal))),
    );
}
