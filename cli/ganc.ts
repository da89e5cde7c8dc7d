/**
 * The command line: arguments in, an exit code out. Each command has its file, loaded when it is called: `ganc fmt`
 * starts no engine. Data goes to the standard output, all else to the error output.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { version } from '../runtime/own-package.ts';
import { visible } from '../grammar/visible.ts';
import { allowFolders, allowVariable } from '../runtime/data/allowed.ts';
import { asExit, Exit, exitCodes } from './exit.ts';
import type { Done, ExitCode } from './exit.ts';
import { storing } from './data-commands.ts';
import {
  allowOption,
  bestOption,
  count,
  deviceOption,
  accumulateOption,
  nprocOption,
  profileOption,
  quietOption,
  seedsOption,
  setOption,
  strictOption,
  sweepOption,
  targetOption,
  threads,
} from './options.ts';
import { taking } from './out-commands.ts';
import { setupHelp } from './setup-help.ts';
import { showing } from './showing-commands.ts';
import type { Terminal } from './terminal.ts';

/** Runs `ganc ...args`; nothing is thrown, whatever happens. */
export async function ganc(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.fine;
  const program = commands(terminal, async (work) => void (code = await work));
  const before = process.env[allowVariable];
  // Through the environment, so that the training thread and its helpers see it.
  program.hook('preAction', (_, command) => {
    const { allow = [] } = command.opts<{ readonly allow?: readonly string[] }>();
    allowFolders(allow);
  });
  try {
    if (args.length === 0) {
      program.outputHelp();
      return exitCodes.fine;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explained(error, terminal);
  } finally {
    if (before === undefined) delete process.env[allowVariable];
    else process.env[allowVariable] = before;
  }
}

function explained(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  const exit = asExit(error);
  if (exit) {
    if (exit.message !== '') terminal.err(`error: ${visible(exit.message)}\n`);
    return exit.exitCode;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  terminal.err(
    `error: ${visible(message)}\nThis is a mistake of ganc's own${process.env.GANC_DEBUG ? `:\n${stack}` : '; GANC_DEBUG=1 shows where'}.\n`,
  );
  return exitCodes.failed;
}

function commands(terminal: Terminal, done: Done): Command {
  const program = new Command('ganc')
    .description('Checks, builds and trains adversarial architectures written as .gan specs.')
    .version(version)
    .option('--no-color', 'plain text, as with NO_COLOR=1')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: (text, write) => write(text),
    });
  program.addHelpText('after', examples);
  checking(program, terminal, done);
  showing(program, terminal, done);
  running(program, terminal, done);
  taking(program, terminal, done);
  storing(program, terminal, done);
  helping(program, terminal, done);
  return program;
}

const examples = `
Examples:
  ganc init my.gan                              a spec to start from
  ganc check my.gan                             what is wrong with it
  ganc run my.gan --profile tiny                trains it, small
  ganc run my.gan --set width=128 --seed 7
  ganc run --resume runs/my-1                   goes on where it stopped
  ganc sample runs/my-1 samples --out digits.png
  ganc export runs/my-1 G --to onnx             the generator for other programs
  ganc export runs/my-1 --to ganc               the trained run as one file
  ganc convert runs/voices-1 --from words.wav --voice other.wav`;

function checking(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('check')
    .description('say everything that is wrong with a spec')
    .argument('<files...>', 'specs, or - for the standard input')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(strictOption())
    .addOption(
      new Option('--format <format>', 'text for people, or on the standard output for programs')
        .choices(['text', 'json', 'github', 'sarif'])
        .default('text'),
    )
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .addOption(quietOption())
    .action((files, options) =>
      done(import('./check.ts').then((m) => m.checkFiles(files, options, terminal))),
    );
  program
    .command('build')
    .description('write the program: graphs and a manifest, all that a runtime needs')
    .argument('<file>', 'a spec')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(accumulateOption())
    .addOption(
      new Option('--target <target>', 'what to write')
        .choices(['onnx', 'tfjs', 'torch', 'reference'])
        .default('onnx'),
    )
    .addOption(
      new Option('--device <device>', 'what to lay it out for')
        .choices(['cpu', 'webgpu', 'cuda'])
        .default('cpu'),
    )
    .option('--out <folder>', 'where to (default: build/<name>)')
    .addOption(strictOption())
    .option(
      '--dump <pass>',
      'print what a pass of the compiler made (parse, bind, analyse, check, lower, differentiate, simplify, schedule, emit), and write nothing',
    )
    .addOption(quietOption())
    .action((file, options) => done(import('./build.ts').then((m) => m.build(file, options, terminal))));
  program
    .command('fmt')
    .description('lay a spec out')
    .argument('<files...>', 'specs, or - for the standard input')
    .option('--write', 'in place', false)
    .option('--check', 'only say what is not formatted; exit code 1 if anything is', false)
    .option('--upgrade', "replace words of earlier versions by today's, and leave all else as it is", false)
    .addOption(quietOption())
    .action((files, options) =>
      done(import('./fmt.ts').then((m) => m.formatFiles(files, options, terminal))),
    );
}

function running(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('run')
    .description('train a spec, or go on with a run')
    .argument('[file]', 'a spec, or the folder of a built program; with --resume it may be left out')
    .addOption(setOption())
    .addOption(allowOption())
    .addOption(profileOption())
    .addOption(strictOption())
    .option('--seed <n>', 'which random numbers (default: 1)', count(0))
    .addOption(seedsOption())
    .addOption(sweepOption())
    .addOption(
      new Option('--latex', 'with --seeds or --sweep: the table as LaTeX').default(false).conflicts('json'),
    )
    .addOption(targetOption("torch where PyTorch finds a card, else onnx; with --resume the run's own"))
    .addOption(deviceOption("auto; with --resume the run's own"))
    .option('--threads <n>', 'threads of the engine (default: one a core)', threads)
    .addOption(nprocOption())
    .addOption(accumulateOption())
    .addOption(
      new Option('--steps <n>', 'stop after so many iterations, whatever the spec says')
        .argParser(count(0))
        .conflicts('epochs'),
    )
    .option('--epochs <n>', 'stop after so many epochs', count(0))
    .addOption(
      new Option('--out <folder>', 'the run directory (default: runs/<name>-<n>)').conflicts('resume'),
    )
    .option('--resume <folder>', 'go on with the run in this directory')
    .option('--force', 'go on although spec, data or machine changed', false)
    .option('--checkpoint-every <n>', 'a checkpoint each n iterations (default: each minute)', count(1))
    .option('--keep <n>', 'how many checkpoints stay, beside the best', count(1), 2)
    .addOption(bestOption())
    .option('--patience <n>', 'done so many iterations after the best checkpoint', count(1))
    .option('--no-report', 'without the page report.html in the run directory')
    .option('--tensorboard', 'event files for TensorBoard, in RUN/tensorboard', false)
    .option('--no-health', 'without a look, each hundred iterations, at whether all is well')
    .option('--json', 'events as one JSON object a line on the standard output', false)
    .addOption(quietOption())
    .action((file, { seeds, sweep, latex, ...options }) => {
      if (latex && seeds === undefined && sweep === undefined)
        throw new Exit(exitCodes.usage, '--latex prints the table of --seeds or --sweep: give one of them');
      if (sweep !== undefined) {
        const swept = { ...options, seeds, sweep, latex };
        return done(import('./sweep.ts').then((m) => m.runSweep(file, swept, terminal)));
      }
      return done(
        seeds === undefined
          ? import('./run.ts').then((m) => m.run(file, options, terminal))
          : import('./seeds.ts').then((m) => m.runSeeds(file, { ...options, seeds, latex }, terminal)),
      );
    });
}

function helping(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('init')
    .description('write a commented spec to start from')
    .argument('[file]', 'its name', 'my-gan.gan')
    .addOption(quietOption())
    .action((file, options) => done(import('./init.ts').then((m) => m.init(file, options, terminal))));
  program
    .command('doctor')
    .description('what this machine has, and what is missing')
    .option('--json', 'as JSON', false)
    .action((options) => done(import('./doctor.ts').then((m) => m.doctor(options, terminal))));
  program
    .command('setup')
    .description('an engine of its own: PyTorch for the target torch, the real TensorFlow for tfjs')
    .addArgument(new Argument('<what>', 'what to set up').choices(['tensorflow', 'torch']))
    .option('--gpu', 'with CUDA, for NVIDIA cards', false)
    .option('--python <path>', 'torch: an interpreter that has PyTorch, in the place of a new environment')
    .option('--force', 'anew, even if it is there', false)
    .addOption(quietOption())
    .addHelpText('after', setupHelp)
    .action((what, options) =>
      done(
        what === 'torch'
          ? import('./setup-torch.ts').then((m) => m.setupTorch(options, terminal))
          : import('./setup.ts').then((m) => m.setup(options, terminal)),
      ),
    );
  program
    .command('explain')
    .description('a diagnostic, a word of the language, a layer, a metric, ... at length')
    .argument('[topic]', 'GAN3001, update, conv, layers, metrics, ...')
    .action((topic) => done(import('./explain.ts').then((m) => m.explain(topic, terminal))));
}
