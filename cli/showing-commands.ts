/** Commands that show a spec or a run and train nothing: `ganc graph`, `plan`, `report`, `diff`, `view`. */
import { Option, type Command } from 'commander';
import type { Done } from './exit.ts';
import {
  allowOption,
  count,
  deviceOption,
  profileOption,
  quietOption,
  setOption,
  targetOption,
  threads,
} from './options.ts';
import type { Terminal } from './terminal.ts';

export function showing(program: Command, terminal: Terminal, done: Done): void {
  graphCommand(program, terminal, done);
  planCommand(program, terminal, done);
  reportCommand(program, terminal, done);
  diffCommand(program, terminal, done);
  viewCommand(program, terminal, done);
}

function graphCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('graph')
    .description("the architecture's picture: networks, what they read, what each update trains")
    .argument('<file>', 'a spec, or - for the standard input')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(
      new Option(
        '--format <format>',
        'svg, a page, or text for Graphviz or Mermaid (default: by the name of --out)',
      ).choices(['svg', 'html', 'dot', 'mermaid']),
    )
    .option('--layers', 'networks with their layers', false)
    .option('--updates', 'a picture for each update: who learns, where the gradient flows and stops', false)
    .option('--out <file>', 'where to (default: the standard output)')
    .addOption(quietOption())
    .action((file, options) => done(import('./graph.ts').then((m) => m.graph(file, options, terminal))));
}

function planCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('plan')
    .description('what a run will take: networks, updates, memory, operations, and the time to its end here')
    .argument('<file>', 'a spec, or - for the standard input')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(targetOption('onnx'))
    .addOption(deviceOption('auto'))
    .option('--threads <n>', 'threads of the engine (default: one a core)', threads)
    .addOption(
      new Option('--steps <n>', 'of a run that stops after so many iterations')
        .argParser(count(0))
        .conflicts('epochs'),
    )
    .option('--epochs <n>', 'of a run that stops after so many epochs', count(0))
    .option('--no-time', 'without trying iterations and reports')
    .option('--json', 'as JSON', false)
    .addOption(quietOption())
    .action((file, options) => done(import('./plan.ts').then((m) => m.plan(file, options, terminal))));
}

function reportCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('report')
    .description("a run's page: one HTML file with its curves, pictures, sounds and architecture")
    .argument('<run>', 'a run directory, finished or not, or a model file (.ganc)')
    .option('--out <file>', 'where to (default: report.html in the run directory, <model>.html)')
    .option(
      '--tensorboard',
      'event files for TensorBoard, into RUN/tensorboard, in the place of the page',
      false,
    )
    .option(
      '--csv',
      'losses and metrics as a table, on the standard output or --out, in the place of the page',
      false,
    )
    .addOption(allowOption())
    .addOption(quietOption())
    .action((run, options) => done(import('./report.ts').then((m) => m.report(run, options, terminal))));
}

function diffCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('diff')
    .description('what changed in meaning between two specs or runs: not in names, comments or layout')
    .argument('<before>', 'a spec, - for the standard input, or a run directory')
    .argument('<after>', 'the same')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .option('--json', 'as JSON', false)
    .addOption(quietOption())
    .addHelpText(
      'after',
      `
--set and --profile are for specs; a run is taken as it was started.
Exit code: 0 nothing changed in meaning, 1 something did, 2 one of them cannot be read.`,
    )
    .action((before, after, options) =>
      done(import('./diff.ts').then((m) => m.diff(before, after, options, terminal))),
    );
}

function viewCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('view')
    .description('a page over runs, as they go on: the list, each one, several compared; Ctrl-C ends it')
    .argument('[folders...]', 'run directories, or folders of them (default: runs)')
    .option(
      '--port <n>',
      'where to listen, on this machine alone (default: any that is free)',
      count(1, 65535),
    )
    .option('--no-open', 'print the address and open no browser')
    .addOption(quietOption())
    .action((folders, options) => done(import('./view.ts').then((m) => m.view(folders, options, terminal))));
}
