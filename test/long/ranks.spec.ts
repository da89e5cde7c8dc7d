/**
 * Programs that Python trains by itself, with no Node on the path: in float64 the reference's weights to 1e-8 after five
 * iterations (or all phases), by one process, by two and by four that share each batch; and a run that ganc can go on with.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import type { Program } from '../../compiler/compiled.ts';
import type { Source } from '../../grammar/source.ts';
import { newestWhole } from '../../runtime/run/checkpoint.ts';
import { openRun } from '../../runtime/run/run-directory.ts';
import { load, programFrom, root } from '../parity/host.ts';
import { settled } from '../parity/settled.ts';
import { smaller } from '../parity/smaller.ts';
import { trained } from '../parity/train.ts';
import { wholes, wholeSums } from '../parity/wholes.ts';
import { built, python, scratch } from '../torch/built.ts';
import { spoken } from '../torch/spoken.ts';
import { itOnTorch } from '../torch/where.ts';

const forms = [
  'batch-norm',
  'every',
  'history',
  'kept-batch',
  'optimizers',
  'pairs',
  'penalty',
  'repeat',
  'teacher',
  'together',
  'twice',
  'when',
];

/** A value of means over rows that is not linear in them, and rows that stand below others: what ranks must agree on. */
const rowMeans = `gan RowMeans
data ring = gaussians(modes: 8, rows: 160)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> vec[1] { x |> dense(8) |> tanh |> dense(1) }
let fake = G(z)
loss critic = square(mean(D(fake), over: rows) - 1) + square(mean(D(ring.point), over: rows) + 1)
loss fool = square(mean(D(fake), over: rows) + 1) + 0.1 * mean(square(fake))
train for 20 steps, batch 16 {
  update D to minimize critic with adam(1e-2, clip_norm: 0.5) when critic > 0.001
  update G to minimize fool with rmsprop(1e-3)
  average G decay 0.9
}
report every 3 and at 2 steps {
  metric score = mean(D(ring.point))
}`;

/** Rows that are drawn by their classes, in packs. */
const drawnRows = `gan DrawnRows
data people = table("specs/zoo/people.csv", modes: [age(4)], classes: [work(4), lives(2)], balanced: true)
sample z ~ normal[4]
network G(z: vec[4], condition: vec[6] in [0, 1]) -> vec[4] { concat(z, condition) |> dense(8) |> tanh |> dense(4) }
network C(x: vec[28]) -> real { x |> dense(8) |> tanh |> dense(1) }
let made = G(z, people.condition)
let real = concat(people.age_mode, people.condition, people.work)
let fake = concat(gumbel_softmax(made, temperature: 0.5), people.condition, people.work)
loss critic = C(pack(fake, 2)) - C(pack(real, 2)) + gradient_penalty(C, pack(real, 2), pack(fake, 2))
train for 20 steps, batch 400 {
  update C to minimize critic with adam(1e-2)
  update G to minimize -C(pack(fake, 2)) with adam(1e-2)
}`;

/** Pictures that each pass moves and colours anew; a pass has two minibatches. */
const movingPictures = `gan MovingPictures
data photos = images(
  "test/cases/pictures/*-pillow.png",
  size: 8,
  mirror: true,
  jitter: 2,
  brightness: 0.3,
  contrast: 0.3,
  saturation: 0.3,
) in [-1, 1]
network A(x: image[3, 8, 8]) -> image[3, 8, 8] in [-1, 1] { x |> conv(3, 3, pad: 1) |> tanh }
loss rebuilt = mean(square(photos.image - A(photos.image)))
train for 8 steps, batch 4 { update A to minimize rebuilt with adam(1e-2) }
`;

/** Who decides whether an update is applied: the host, or the device as on a card. */
type Way = 'host' | 'card';

/** Trains them by so many processes; no other program is on the path. */
async function train(places: readonly string[], steps: number, ranks: number, way: Way): Promise<void> {
  const several = [join(root, 'test', 'torch', 'several.py'), String(steps), way, ...places];
  const { code, err } = await python(ranks, several);
  assert.equal(code, 0, err);
}

const sources = [
  ...forms.map((name) => load(`test/cases/schedule/${name}.gan`)),
  { path: 'row-means.gan', text: rowMeans },
  { path: 'drawn-rows.gan', text: drawnRows },
  spoken,
  { path: 'moving-pictures.gan', text: movingPictures },
];

describe('PyTorch alone', () => {
  interface Built {
    readonly source: Source;
    readonly program: Program;
    readonly folder: string;
  }
  const made: Built[] = [];
  const programs = async (): Promise<readonly Built[]> => {
    if (made.length > 0) return made;
    for (const source of sources) {
      const program = programFrom(source, { target: 'torch', float: 'float64' });
      made.push({ source, program, folder: await built(program) });
    }
    // The same minibatches in two parts each, which every process takes of its own rows.
    const inParts = [
      ...['penalty', 'together'].map((name) => load(`test/cases/schedule/${name}.gan`)),
      settled,
      wholes,
      wholeSums,
    ];
    for (const source of inParts) {
      const options = { target: 'torch', float: 'float64', accumulate: 2 } as const;
      const program = programFrom(smaller(source, 2), options);
      made.push({ source, program, folder: await built(program) });
    }
    return made;
  };

  for (const [ranks, way] of [
    [1, 'host'],
    [2, 'host'],
    [4, 'host'],
    [1, 'card'],
    [2, 'card'],
  ] as const)
    itOnTorch(
      `${ranks === 1 ? 'one process' : `${ranks} processes`} compute what the reference does${way === 'card' ? ', decided as on a card' : ''}`,
      async () => {
        const all = await programs();
        const places = all.map(({ folder }) => folder);
        await train(places, 5, ranks, way);
        for (const { source, program, folder } of all) {
          const wanted = await trained(programFrom(source, { target: 'reference', float: 'float64' }), 5);
          const { checkpoint, problems } = newestWhole(join(folder, `run-${way}-${ranks}`, 'checkpoints'));
          assert.deepEqual(problems, []);
          assert.deepEqual(checkpoint!.applied, { ...wanted.applied });
          for (const { name } of program.manifest.state)
            wanted.after[name].data.forEach((value, i) =>
              assert.closeTo(checkpoint!.values[name].data[i], value, 1e-8, `${source.path} ${name}`),
            );
          const lines = readFileSync(join(folder, `run-${way}-${ranks}`, 'metrics.jsonl'), 'utf8')
            .trim()
            .split('\n');
          const logged = lines
            .map((line) => JSON.parse(line) as { iteration: number; losses?: Record<string, number> })
            .filter(({ losses }) => losses);
          assert.lengthOf(logged, 5);
          for (const [name, value] of Object.entries(wanted.logged[4].losses))
            assert.closeTo(logged[4].losses![name], value, 1e-8, `${source.path} ${name}`);
          const reported = lines.filter((line) => 'metric' in JSON.parse(line));
          if (source.text === rowMeans)
            assert.deepEqual(
              reported.map((line) => (JSON.parse(line) as { iteration: number }).iteration),
              [2, 3, 5],
            );
        }
      },
    );

  itOnTorch('two processes do without NumPy, which PyTorch comes without', async () => {
    const [{ folder }] = await programs();
    const bare = scratch();
    writeFileSync(join(bare, 'numpy.py'), "raise ModuleNotFoundError('not installed')\n");
    const script = [join(folder, 'train.py'), '--steps', '2', '--out', join(folder, 'run-bare')];
    const { code, err } = await python(2, script, { PYTHONPATH: bare });
    assert.equal(code, 0, err);
  });

  itOnTorch('the run opens as one of ganc', () => {
    assert.equal(openRun(join(made[0].folder, 'run-host-1')).info.seed, 7);
  });
});
