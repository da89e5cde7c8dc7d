/** `ganc sample`, `convert`, `eval`, `export`: commands that take out of a run what it has learned. */
import { Option, type Command } from 'commander';
import type { Done } from './exit.ts';
import {
  allowOption,
  checkpointOption,
  count,
  deviceOption,
  feedOption,
  oneThreadOption,
  quietOption,
  rangeOption,
  setSampleOption,
  targetOption,
} from './options.ts';
import type { Terminal } from './terminal.ts';

const theRun = 'a run directory, one of its checkpoints, or a model file (.ganc)';

export function taking(program: Command, terminal: Terminal, done: Done): void {
  sampleCommand(program, terminal, done);
  convertCommand(program, terminal, done);
  evalCommand(program, terminal, done);
  exportCommand(program, terminal, done);
}

function sampleCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('sample')
    .description('a picture, a sound or the values of a trained run')
    .argument('<run>', theRun)
    .argument('[name]', 'a picture or sound of the spec, or a value of its reports')
    .option(
      '--out <file>',
      'a .png, .wav, .npy or .npz file, or a folder for a .png or .wav each (default: <name>.png or .wav)',
    )
    .addOption(setSampleOption())
    .option('--interpolate <n>', 'rows on the way from each draw to the next', count(1))
    .addOption(rangeOption())
    .option('--force', 'in the place of earlier samples, where --out is a folder or .npz', false)
    .addOption(feedOption())
    .addOption(allowOption())
    .option('--count <n>', 'how many rows', count(1))
    .option('--seed <n>', "other samples than the run's own", count(0))
    .addOption(checkpointOption())
    .addOption(targetOption("the run's own"))
    .addOption(deviceOption('cpu'))
    .addOption(oneThreadOption())
    .addOption(quietOption())
    .action((run, name, options) =>
      done(import('./sample.ts').then((m) => m.sample(run, name, options, terminal))),
    );
}

function convertCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('convert')
    .description("one recording's words in another's voice, by a trained run")
    .argument('<run>', theRun)
    .argument('[name]', 'a sound of the spec; needed where it has several conversions')
    .requiredOption('--from <file>', 'whose words: a sound file (WAV, FLAC, Ogg, MP3)')
    .requiredOption('--voice <file>', 'whose voice: a sound file, or the number of a speaker')
    .option('--vocoder <run>', 'a trained vocoder that makes the sound (default: Griffin-Lim)')
    .option('--out <file>', 'a .wav file (default: converted.wav)')
    .addOption(checkpointOption())
    .addOption(targetOption("the run's own"))
    .addOption(deviceOption('cpu'))
    .addOption(oneThreadOption())
    .addOption(quietOption())
    .action((run, name, options) =>
      done(import('./convert.ts').then((m) => m.convert(run, name, options, terminal))),
    );
}

function evalCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('eval')
    .description("an expression of a run's spec over your own files, its data or samples")
    .argument('<run>', theRun)
    .requiredOption(
      '--value <expression...>',
      'what to compute, as in "Enc(image).mean" or "code=Enc(image).mean"',
    )
    .requiredOption('--out <file>', 'a .npz or .csv file, or a folder for a .png each')
    .option(
      '--feed <name=files...>',
      'files under a name that the values use: image=folder/*.jpg, "x: vec[2]=points.csv:a,b", codes.npz:z, digit=3',
      [],
    )
    .addOption(allowOption())
    .option('--count <n>', 'how many rows (default: all of them; 64 of samples)', count(1))
    .option('--seed <n>', "other samples than the run's own", count(0))
    .addOption(checkpointOption())
    .addOption(rangeOption())
    .addOption(oneThreadOption())
    .option('--force', 'in the place of an earlier result', false)
    .option('--json', 'what was made as JSON on the standard output', false)
    .addOption(quietOption())
    .action((run, options) => done(import('./eval.ts').then((m) => m.evaluateRun(run, options, terminal))));
}

function exportCommand(program: Command, terminal: Terminal, done: Done): void {
  program
    .command('export')
    .description(
      'one trained network as a file for other programs, with a README of what goes in and out; or the trained run as one file',
    )
    .argument('<run>', theRun)
    .argument('[network]', 'needed where the spec has several')
    .addOption(
      new Option(
        '--to <format>',
        'a model (onnx, the default), a Python module (torch), its tensors alone; or ganc: all networks as one file that these commands take in the place of the run',
      ).choices(['onnx', 'torch', 'safetensors', 'npz', 'ganc']),
    )
    .option('--out <path>', 'where to (default: <network>-<format>, <spec>.ganc)')
    .option('--average', 'the moving average that the spec keeps of it', false)
    .addOption(checkpointOption())
    .option('--force', 'in the place of an earlier export', false)
    .option('--json', 'what goes in and comes out as JSON on the standard output', false)
    .addOption(quietOption())
    .action((run, network, options) =>
      done(import('./export.ts').then((m) => m.exportNetwork(run, network, options, terminal))),
    );
}
