/**
 * `python train.py` on recordings, with no other program on the path: reports on rows of lengths of their own say what ganc says of
 * them, a resumed run is the one that was not stopped, and a voice system trains from beginning to end.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { before, describe } from 'mocha';
import { newestWhole } from '../../runtime/run/checkpoint.ts';
import { readSafetensors } from '../../runtime/formats/safetensors.ts';
import { programFrom, programOf } from '../parity/host.ts';
import { shell } from '../cli/shell.ts';
import { built, python, scratch } from '../torch/built.ts';
import { spoken } from '../torch/spoken.ts';
import { itOnTorch, torchPython } from '../torch/where.ts';

interface Line {
  readonly iteration: number;
  readonly metric?: string;
  readonly value?: number;
  readonly losses?: Readonly<Record<string, number>>;
}

const linesOf = (run: string): Line[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

function weightsOf(run: string): Record<string, number[]> {
  const { checkpoint, problems } = newestWhole(join(run, 'checkpoints'));
  assert.deepEqual(problems, []);
  return Object.fromEntries(Object.entries(checkpoint!.values).map(([name, { data }]) => [name, [...data]]));
}

/** Trains the program in a new run, or goes on with one. */
async function train(folder: string, run: string, ranks: number, ...more: string[]): Promise<void> {
  const { code, err } = await python(ranks, [
    join(folder, 'train.py'),
    '--threads',
    '1',
    '--seed',
    '7',
    ...more,
  ]);
  assert.equal(code, 0, err);
  assert.match(readFileSync(join(run, 'log.txt'), 'utf8'), /done after iteration/);
}

describe('python train.py on recordings', () => {
  let folder: string;
  let straight: string;
  const home = shell();
  before(async () => {
    if (torchPython === null) return;
    process.env.GANC_PYTHON = torchPython;
    folder = await built(programFrom(spoken, { target: 'torch' }));
    straight = join(scratch(), 'run');
    await train(folder, straight, 1, '--out', straight);
  });

  itOnTorch('logs and reports what another target does', async () => {
    home.write('spoken.gan', spoken.text);
    const out = home.path('other');
    const args = [
      'run',
      home.path('spoken.gan'),
      '--out',
      out,
      '--seed',
      '7',
      '--target',
      'onnx',
      '--threads',
      '1',
    ];
    const { code, err } = await home.run([...args, '--device', 'cpu', '--quiet']);
    assert.equal(code, 0, err);
    const wanted = linesOf(out).filter(({ metric, losses }) => metric !== undefined || losses !== undefined);
    const found = linesOf(straight);
    assert.deepEqual(
      found.map(({ iteration, metric }) => [iteration, metric]),
      wanted.map(({ iteration, metric }) => [iteration, metric]),
    );
    wanted.forEach(({ metric, value, losses }, i) => {
      if (value !== undefined) assert.closeTo(found[i].value!, value, 1e-5, metric);
      for (const [name, loss] of Object.entries(losses ?? {}))
        assert.closeTo(found[i].losses![name], loss, 1e-5, name);
    });
  });

  itOnTorch('leaves values of pictures with the length of each row', () => {
    const path = join(straight, 'values', 'spectra-00000008.safetensors');
    const { tensors } = readSafetensors(readFileSync(path), path);
    const values = [...tensors].filter(([name]) => !name.endsWith('.lengths'));
    assert.lengthOf(values, 3);
    for (const [name, { shape, data }] of values) {
      const lengths = [...tensors.get(`${name}.lengths`)!.data];
      assert.deepEqual(shape, [3, 8, Math.max(...lengths)]);
      assert.isAbove(new Set(lengths).size, 1);
      lengths.forEach((length, row) => {
        const own = data.slice(row * 8 * shape[2], row * 8 * shape[2] + shape[2]);
        assert.notEqual(own[length - 1], 0);
        assert.isTrue(own.slice(length).every((x) => x === 0));
      });
    }
  });

  itOnTorch('goes on to the bit, also in the middle of a pass, and by two processes', async () => {
    const cut = join(scratch(), 'run');
    await train(folder, cut, 1, '--out', cut, '--steps', '3');
    await train(folder, cut, 1, '--resume', cut);
    assert.deepEqual(weightsOf(cut), weightsOf(straight));
    // A run that ends reports, wherever it does.
    const later = (run: string): Line[] => linesOf(run).filter(({ iteration }) => iteration > 3);
    assert.deepEqual(later(cut), later(straight));
    const shared = join(scratch(), 'run');
    await train(folder, shared, 1, '--out', shared, '--steps', '3');
    await train(folder, shared, 2, '--resume', shared);
    const wanted = weightsOf(straight);
    for (const [name, values] of Object.entries(weightsOf(shared)))
      values.forEach((x, i) => assert.closeTo(x, wanted[name][i], 1e-5, name));
  });

  itOnTorch('trains voice_disentangle, tiny, from beginning to end', async () => {
    const program = programOf('specs/voice_disentangle.gan', { target: 'torch', profile: 'tiny' });
    const run = join(scratch(), 'run');
    await train(await built(program), run, 1, '--out', run);
    const lines = linesOf(run);
    const names = program.manifest.reports.flatMap(({ items }) =>
      items.flatMap((item) => (item.kind === 'metric' ? [item.name] : [])),
    );
    assert.sameMembers(
      lines.flatMap(({ metric }) => (metric === undefined ? [] : [metric])),
      names,
    );
    for (const { metric, value } of lines)
      if (metric !== undefined) assert.isTrue(Number.isFinite(value), metric);
  });
});
