/**
 * Networks that start with the weights of a run, of a file, of another network: which tensors come over, what is listed, what
 * a resume reads, by `ganc run` and by `python train.py`. That all engines agree: test/cases/schedule/weights-from.gan.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { checkpointPath, isWhole, readCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside, openRun } from '../../runtime/run/run-directory.ts';
import { itOnTorch, torchPython } from '../torch/where.ts';
import { ring, shell } from './shell.ts';

const { run, write, path, read, weights } = shell();

/** As ring, with an average and a metric that tells which checkpoint is best. */
const first = ring
  .replace('train for 30 steps, batch 16 {', 'train for 30 steps, batch 16 {\n  average G decay 0.9')
  .replace(
    '  picture points',
    '  metric near = frechet(fake, ring.point, rows: 50)\n  picture smooth = scatter(G.average(z))\n  picture points',
  );

/** A second run: D goes on from the first one's, Judge is it and stays so; G starts anew as its phase begins. */
const second = ring
  .replace('gan Ring', 'gan Second')
  .replace(
    'network D(',
    'network Judge(x: vec[2]) -> logit { x |> dense(8) |> leaky_relu |> dense(1) }\nnetwork D(',
  )
  .replace(
    /train for[^]*?\n}\n/,
    `initialize D, Judge from D of "first"
train for 30 steps, batch 16 {
  phase one for 15 steps {
    update D to minimize discriminator_loss with adam(rate)
    update G to minimize generator_loss with adam(rate)
  }
  phase two {
    initialize G from G.average of "first" at 20
    update D to minimize discriminator_loss with adam(rate)
    update G to minimize generator_loss - 0.1 * Judge(fake) with adam(rate)
  }
}
`,
  );

const stored = (name: string, iteration: number): Record<string, number[]> => {
  const checkpoint = readCheckpoint(checkpointPath(inside(path(name)).checkpoints, iteration));
  assert(isWhole(checkpoint), `${name} has no checkpoint ${iteration}`);
  return Object.fromEntries(Object.entries(checkpoint.values).map(([key, { data }]) => [key, [...data]]));
};
const train = async (spec: string, out: string, ...more: string[]): Promise<string> => {
  const to = [
    '--out',
    path(out),
    '--threads',
    '1',
    '--target',
    'onnx',
    '--checkpoint-every',
    '5',
    '--keep',
    '9',
  ];
  const { code, err } = await run(['run', path(spec), ...to, ...more]);
  assert.equal(code, 0, err);
  return err;
};
const refused = async (spec: string, ...more: string[]): Promise<string> => {
  const { code, err } = await run(['check', path(spec), ...more]);
  assert.equal(code, 1, err);
  return err.replace(/\s+/g, ' ');
};

/** The second spec with another line in the place of its first `initialize`. */
const instead = (name: string, line: string): string =>
  write(name, second.replace('initialize D, Judge from D of "first"', line));

describe('networks that start with trained weights', () => {
  before(async () => {
    write('first.gan', first);
    write('second.gan', second);
    await train('first.gan', 'first', '--quiet', '--best', 'lowest:near');
    assert.match(
      await train('second.gan', 'whole'),
      /starts with weights of first as they were after iteration 30 \([0-9a-f]{12}\)/,
    );
  });

  it('have those of the run, by name, and its running statistics', () => {
    const [found, wanted] = [weights('whole'), weights('first')];
    for (const leaf of ['dense_1.weight', 'dense_1.bias', 'dense_2.weight', 'dense_2.bias'])
      assert.deepEqual(found[`Judge.${leaf}`], wanted[`D.${leaf}`], leaf);
    assert.notDeepEqual(found['D.dense_1.weight'], wanted['D.dense_1.weight'], 'D is trained on from there');
  });

  it('have them as their phase begins, from an average and a checkpoint that are named', () => {
    const [before, after] = [stored('whole', 15), stored('whole', 20)];
    const wanted = stored('first', 20);
    const apart = (found: number[], other: number[]): number =>
      Math.max(...found.map((x, i) => Math.abs(x - other[i])));
    const average = wanted['G.average.dense_1.weight'];
    // Five steps of Adam move a weight by at most five rates.
    assert.isAtMost(apart(after['G.dense_1.weight'], average), 6e-3);
    assert.isAbove(apart(before['G.dense_1.weight'], average), 1e-2);
    assert.isAbove(apart(wanted['G.dense_1.weight'], average), 1e-5, 'the average is none of its own');
  });

  it('are recorded: which checkpoint, by its checksum', () => {
    const { origins } = openRun(path('whole')).manifest;
    assert.deepEqual(
      origins!.map(({ path: of, at, found }) => [of, at, found!.iteration]),
      [
        ['first', 'newest', 30],
        ['first', 20, 20],
      ],
    );
    const sealed = JSON.parse(read('first/checkpoints/step-00000030/checkpoint.json')) as { state: string };
    assert.equal(origins![0].found!.hash, sealed.state);
    assert.match(read('whole/log.txt'), /starts with weights of first as they were after iteration 30/);
  });

  it('go on to the bit though the other run is gone, phases that are still to come included', async () => {
    await train('second.gan', 'cut', '--quiet', '--steps', '10');
    renameSync(path('first'), path('away'));
    try {
      const { code, err } = await run(['run', '--resume', path('cut'), '--quiet']);
      assert.equal(code, 0, err);
      assert.deepEqual(weights('cut'), weights('whole'));
      const other = await run([
        'run',
        '--resume',
        path('cut'),
        '--quiet',
        '--steps',
        '31',
        '--set',
        'rate=0.001',
      ]);
      assert.equal(other.code, 0, other.err);
    } finally {
      renameSync(path('away'), path('first'));
    }
  });

  it('of another run are another run', async () => {
    const spec = write('moved.gan', second);
    await train('moved.gan', 'moved', '--quiet', '--steps', '5');
    write('moved.gan', second.replaceAll('"first"', '"whole"').replace('G.average of', 'G of'));
    const { code, err } = await run(['run', '--resume', path('moved'), '--quiet']);
    assert.equal(code, 2, err);
    assert.include(err, 'the weights that it starts with');
    rmSync(spec);
  });

  it('take what fits where `partly` is said, and list the rest with its shapes', async () => {
    instead('partly.gan', 'initialize D from "first" partly\ninitialize Judge from D of "first"');
    const narrow = 'network D(x: vec[2]) -> logit { x |> dense(8)';
    write('partly.gan', read('partly.gan').replace(narrow, narrow.replace('8', '9')));
    const said =
      /D takes not all of first: dense_1.weight \[2, 9\]: there \[2, 8\]; .*dense_2.weight \[9, 1\]: there \[8, 1\]/;
    const { err } = await run(['check', path('partly.gan')]);
    assert.match(err, said);
    assert.match(await train('partly.gan', 'partly', '--steps', '1'), said);
    assert.match(read('partly/log.txt'), said);
  });

  it('must be there when a run begins, not before', async () => {
    instead('later.gan', 'initialize D, Judge from D of "later"');
    assert.equal((await run(['check', path('later.gan')])).code, 0);
    const { code, err } = await run(['run', path('later.gan'), '--out', path('never'), '--target', 'onnx']);
    assert.equal(code, 2, err);
    assert.match(err, /later: no run and no file is there/);
    assert.isFalse(existsSync(path('never')));
  });

  it('are refused, each with the reason, where they cannot be meant', async () => {
    instead('bad.gan', 'initialize D, Judge from G of "first"');
    assert.include(await refused('bad.gan'), 'GAN4032');
    instead('bad.gan', 'initialize D, Judge from Critic of "first"');
    assert.include(await refused('bad.gan'), 'It holds `G`, `D`');
    instead('bad.gan', 'initialize D, Judge from D of "first" at 12');
    assert.include(await refused('bad.gan'), 'no whole checkpoint 12; there are 5, 10, 15');
    instead('bad.gan', 'initialize D, Judge from D of "first.gan"');
    assert.include(await refused('bad.gan'), 'neither the directory of a run nor a .safetensors file');
    instead('bad.gan', 'initialize D, Judge from D of "/nowhere/first"');
    assert.include(await refused('bad.gan'), '`--allow /nowhere` lets it be read');
  });

  describe('of a run that holds links', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'ganc-elsewhere-'));
    after(() => rmSync(elsewhere, { recursive: true, force: true }));

    /** A copy of the run `first` of which one file or folder lies in `to`, behind a link. */
    const linked = (name: string, to: string): void => {
      for (const folder of [path('linked'), to]) rmSync(folder, { recursive: true, force: true });
      cpSync(path('first'), path('linked'), { recursive: true });
      cpSync(path(`first/${name}`), to, { recursive: true });
      rmSync(path(`linked/${name}`), { recursive: true });
      symlinkSync(to, path(`linked/${name}`));
    };
    before(() => instead('linked.gan', 'initialize D, Judge from D of "linked"'));

    for (const name of [
      'program',
      'program/manifest.json',
      'run.json',
      'checkpoints',
      'checkpoints/step-00000030',
      'checkpoints/step-00000030/state.safetensors',
      'checkpoints/step-00000025/checkpoint.json',
    ])
      it(`are refused where one leads away: ${name}`, async () => {
        linked(name, join(elsewhere, 'away'));
        const said = await refused('linked.gan');
        assert.include(said, `it leads to ${join(elsewhere, 'away')}`);
        assert.include(said, `--allow ${elsewhere}`);
        const { code, err } = await run(['check', path('linked.gan'), '--allow', elsewhere]);
        assert.equal(code, 0, err);
      });

    it('are taken where it leads to a place that the spec may read', async () => {
      linked('checkpoints', path('moved-checkpoints'));
      const { code, err } = await run(['check', path('linked.gan')]);
      assert.equal(code, 0, err);
    });
  });

  it('are those of the best checkpoint where that is asked for', async () => {
    instead('best.gan', 'initialize D, Judge from D of "first" at best');
    await train('best.gan', 'best', '--quiet', '--steps', '1');
    const best = JSON.parse(read('first/checkpoints/step-00000030/checkpoint.json')) as {
      best: { iteration: number };
    };
    assert.deepEqual(
      weights('best')['Judge.dense_1.weight'],
      stored('first', best.best.iteration)['D.dense_1.weight'],
    );
  });

  it('come from an exported file as well', async () => {
    const { code, err } = await run([
      'export',
      path('first'),
      'D',
      '--to',
      'safetensors',
      '--out',
      path('exported'),
    ]);
    assert.equal(code, 0, err);
    instead('file.gan', 'initialize D, Judge from D of "exported/D.safetensors"');
    await train('file.gan', 'file', '--quiet', '--steps', '1');
    assert.deepEqual(weights('file')['Judge.dense_1.weight'], weights('first')['D.dense_1.weight']);
  });

  itOnTorch('train.py by itself starts with them, and goes on without the other run', async () => {
    const built = await run(['build', path('second.gan'), '--target', 'torch', '--out', path('program')]);
    assert.equal(built.code, 0, built.err);
    const python = (...args: string[]): void =>
      void execFileSync(torchPython!, ['train.py', '--device', 'cpu', '--threads', '1', ...args], {
        cwd: path('program'),
        stdio: 'pipe',
      });
    python('--out', path('own'));
    python('--out', path('own-cut'), '--steps', '10');
    python('--resume', path('own-cut'));
    assert.deepEqual(weights('own-cut'), weights('own'));
    const wanted = weights('whole');
    for (const [name, values] of Object.entries(weights('own')))
      values.forEach((value, i) => assert.closeTo(value, wanted[name][i], 1e-5, `${name}[${i}]`));
  });
});
