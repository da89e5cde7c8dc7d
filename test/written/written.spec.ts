/**
 * Specs written from the manual alone, as a user would write them, with everything around a run: each checks clean,
 * runs and is sampled, ends with the same bits after a kill -9, and trains as the float64 reference does.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { PNG } from 'pngjs';
import { newestCheckpoint } from '../../runtime/run/checkpoint.ts';
import { inside } from '../../runtime/run/run-directory.ts';
import { shell } from '../cli/shell.ts';
import { programOf, root } from '../parity/host.ts';
import { trained, type Trained } from '../parity/train.ts';

interface Case {
  readonly name: string;
  /** How many iterations pass what the spec is about: skipped updates, both phases. */
  readonly steps: number;
  /** Pictures, with columns and rows of images at `--count 6`, or null where it shows points. */
  readonly pictures: Readonly<Record<string, readonly [number, number] | null>>;
  readonly metrics: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'critic', steps: 14, pictures: { samples: [3, 2] }, metrics: ['gap', 'slope'] },
  {
    name: 'few_labels',
    steps: 20,
    pictures: { samples: [6, 1], features: null },
    metrics: ['error', 'leak'],
  },
  {
    name: 'warm_start',
    steps: 26,
    pictures: { samples: [3, 2], before_and_after: [6, 2], plane: [8, 8] },
    metrics: ['far', 'near'],
  },
];

const specOf = (name: string): string => `test/cases/written/${name}.gan`;

const commandOf = ({ name }: Case): readonly string[] => [
  'run',
  join(root, specOf(name)),
  '--profile',
  'tiny',
  '--threads',
  '1',
  '--checkpoint-every',
  '3',
];

describe('specs written from the manual', () => {
  const killedRuns = shell();
  // At once, since most of the time goes into starting processes.
  before(() =>
    Promise.all(cases.map((of) => killed([...commandOf(of), '--out', killedRuns.path(of.name), '--json']))),
  );

  for (const of of cases) {
    const { name, steps, pictures, metrics } = of;
    const relative = specOf(name);
    const file = join(root, relative);

    describe(relative, () => {
      const { path, read, run } = shell();
      const dead = killedRuns.path(name);
      const lines = (folder: string): Record<string, unknown>[] =>
        read(`${folder}/metrics.jsonl`)
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);

      it('checks clean, full and tiny, and is laid out', async () => {
        for (const profile of [[], ['--profile', 'tiny']]) {
          const said = await run(['check', file, ...profile]);
          assert.equal(said.code, 0, said.err);
        }
        assert.equal((await run(['fmt', '--check', file])).code, 0);
      });

      it('killed with -9 ends with the weights, metrics and pictures of a run that was not', async () => {
        const reached = newestCheckpoint(inside(dead).checkpoints)!.position.iteration;
        const until = String(Math.max(steps, reached + 3));
        const resumed = await run(['run', '--resume', dead, '--steps', until, '--quiet']);
        assert.equal(resumed.code, 0, resumed.err);
        const alone = await run([...commandOf(of), '--out', path('alone'), '--steps', until, '--quiet']);
        assert.equal(alone.code, 0, alone.err);
        for (const what of [`checkpoints/step-${until.padStart(8, '0')}/state.safetensors`, 'metrics.jsonl'])
          assert.isTrue(bytes(dead, what).equals(bytes(path('alone'), what)), what);
        const drawn = readdirSync(join(path('alone'), 'pictures'));
        assert.sameMembers(readdirSync(join(dead, 'pictures')), drawn);
        for (const picture of drawn.map((made) => `pictures/${made}`))
          assert.isTrue(bytes(dead, picture).equals(bytes(path('alone'), picture)), picture);
      });

      it('reports every metric and picture, and is sampled', async () => {
        const reported = lines('alone');
        for (const metric of metrics)
          assert.isTrue(
            reported.some((line) => line.metric === metric && Number.isFinite(line.value)),
            metric,
          );
        for (const [picture, images] of Object.entries(pictures)) {
          assert.isTrue(
            reported.some((line) => line.picture === picture),
            picture,
          );
          const said = await run([
            'sample',
            path('alone'),
            picture,
            '--count',
            '6',
            '--out',
            path('one.png'),
          ]);
          assert.equal(said.code, 0, said.err);
          showsSomething(PNG.sync.read(readFileSync(path('one.png'))), images);
        }
      });

      if (name === 'few_labels')
        it('skips updates and applies them, each more than once', () => {
          const logs = lines('alone').filter(({ losses }) => losses !== undefined);
          const skipped = logs.map((log) => (log.skipped as string[]).join());
          for (const some of ['', 'update_1', 'update_2'])
            assert.isAbove(
              skipped.filter((names) => names === some).length,
              1,
              `skipped: ${skipped.join(' ')}`,
            );
        });

      if (name === 'warm_start')
        it('trains both phases', () => {
          const phases = lines('alone').map(({ phase }) => phase);
          assert.equal(phases.filter((phase) => phase === 'pretrain').length, 20);
          assert.isAbove(phases.filter((phase) => phase === 'adversarial').length, 5);
        });

      it('trains as the reference in float64 does, to 1e-8', async () => {
        const train = (target: 'onnx' | 'reference'): Promise<Trained> =>
          trained(programOf(relative, { profile: 'tiny', target, float: 'float64' }), 3);
        const [found, wanted] = [await train('onnx'), await train('reference')];
        assert.deepEqual(found.applied, wanted.applied);
        assert.deepEqual(
          found.logged.map((log) => log.skipped),
          wanted.logged.map((log) => log.skipped),
        );
        found.logged.forEach((log, i) => {
          for (const [loss, value] of Object.entries(wanted.logged[i].losses))
            assert.closeTo(log.losses[loss], value, 1e-8 * Math.max(1, Math.abs(value)), loss);
        });
        for (const tensor of Object.keys(wanted.after))
          assert.isAtMost(furthest(found.after[tensor].data, wanted.after[tensor].data), 1e-8, tensor);
        const moved = Object.keys(wanted.after).filter(
          (tensor) => furthest(wanted.after[tensor].data, wanted.before[tensor].data) > 1e-8,
        );
        assert.isNotEmpty(moved);
      });
    });
  }
});

const bytes = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

/** Starts `ganc` as a process of its own, that would go on for days, and kills it with -9 after its second checkpoint. */
async function killed(args: readonly string[]): Promise<void> {
  const endless = ['--steps', '1000000000'];
  const child = spawn(process.execPath, [join(root, 'bin/ganc.js'), ...args, ...endless], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [checkpoints, errors] = [0, ''];
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    checkpoints += text.toString().split('"kind":"checkpoint"').length - 1;
    if (checkpoints >= 2) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
  assert.equal(signal, 'SIGKILL', errors);
}

/** Of the size that so many images take, with more than one colour. */
function showsSomething({ width, height, data }: PNG, images: readonly [number, number] | null): void {
  // 28 pixels, doubled, and a border of two; around all of them an edge, or labels.
  for (const [size, count] of images === null ? [] : zip([width, height], images)) {
    assert.isAtLeast(size, 58 * count);
    assert.isBelow(size, 58 * count + 80);
  }
  const colours = new Set<number>();
  for (let at = 0; at < data.length; at += 4) colours.add(data.readUInt32BE(at));
  assert.isAbove(colours.size, 5);
}

const zip = <A, B>(a: readonly A[], b: readonly B[]): [A, B][] => a.map((one, i) => [one, b[i]]);

const furthest = (found: ArrayLike<number>, wanted: ArrayLike<number>): number =>
  Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
