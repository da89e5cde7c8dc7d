/**
 * Ranks that share a run never part: they decide alike where their own rows say otherwise, make the same collectives in the
 * same order, read each row once in an epoch, go on with the next minibatch when their number changes; a weight that differs
 * by one rounding ends the run at the next checkpoint, a rank that is lost ends it by its name. Seen by test/torch/probe.py, which trains as train.py does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import { newestWhole } from '../../runtime/run/checkpoint.ts';
import { programFrom, root } from '../parity/host.ts';
import { built, python, scratch } from '../torch/built.ts';
import { itOnTorch } from '../torch/where.ts';

/** Twenty minibatches of eight an epoch; in each iteration D takes two, and G the first of the next. */
const text = `gan Agreed
data ring = gaussians(modes: 8, rows: 160)
sample z ~ normal[4]
sample share ~ uniform(0, 1)
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> vec[1] { x |> dense(8) |> tanh |> dense(1) }
let fake = G(z)
let mixed = share * ring.point + (1 - share) * fake
loss critic = D(fake) - D(ring.point) + 10 * square(norm(gradient(D(mixed), mixed)) - 1)
loss fool = 0 - mean(D(fake), over: rows)
train for 60 steps, batch 8 {
  repeat 2 { update D to minimize critic with adam(1e-3, clip_norm: 0.5) when mean(D(ring.point), over: rows) > 0 }
  update G to minimize fool with rmsprop(1e-3)
}
`;

/** What a rank wrote down (probe.py). */
interface Notes {
  readonly collectives: readonly (readonly [string, number | null, string | null])[];
  readonly rows: Readonly<Record<string, readonly (readonly [number, readonly number[]])[]>>;
  readonly decided: readonly (readonly [number, number])[];
  readonly skipped: Readonly<Record<string, readonly string[]>>;
  readonly state: string;
}

const program = built(programFrom({ path: 'agreed.gan', text }, { target: 'torch', float: 'float64' }));

/** Trains by so many ranks: what each wrote down, and how it ended. */
async function probe(
  ranks: number,
  ...options: string[]
): Promise<{ notes: Notes[]; code: number; err: string }> {
  const notes = join(scratch(), 'notes');
  const script = [join(root, 'test/torch/probe.py'), await program, notes, ...options];
  const ended = await python(ranks, script);
  const paths = Array.from({ length: ranks }, (_, rank) => `${notes}-${rank}.json`).filter(existsSync);
  return { ...ended, notes: paths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Notes) };
}

/** Rows of each minibatch over all ranks, in the order of ranks; a minibatch that several graphs read stands once. */
function minibatches(notes: readonly Notes[]): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const rank of notes) {
    const own = new Map(rank.rows.ring.map(([ordinal, rows]) => [ordinal, rows]));
    for (const [ordinal, rows] of own) all.set(ordinal, [...(all.get(ordinal) ?? []), ...rows]);
  }
  return all;
}

const inOrder = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('ranks', () => {
  for (const ranks of [2, 4])
    itOnTorch(
      `${ranks} decide alike, by the same collectives, and read each row once in an epoch`,
      async () => {
        const { notes, code, err } = await probe(ranks, '--out', join(scratch(), 'run'), '--steps', '40');
        assert.equal(code, 0, err);
        assert.lengthOf(notes, ranks);
        const [first] = notes;
        for (const other of notes) {
          assert.deepEqual(other.collectives, first.collectives);
          assert.deepEqual(other.skipped, first.skipped);
          assert.equal(other.state, first.state);
        }
        // By its own rows alone a rank would have decided otherwise, and some iterations were skipped, others not.
        const parted = first.decided.filter(
          (_, i) => new Set(notes.map(({ decided }) => decided[i][0] > 0)).size > 1,
        );
        assert.isAbove(parted.length, 3);
        for (const [i, [, all]] of first.decided.entries())
          for (const { decided } of notes) assert.equal(decided[i][1], all);
        const skips = Object.values(first.skipped).filter(({ length }) => length > 0).length;
        assert.isAbove(skips, 0);
        assert.isBelow(skips, 40);
        const read = minibatches(notes);
        for (let epoch = 0; epoch < 4; epoch++) {
          const rows = upTo(20).flatMap((i) => read.get(20 * epoch + i)!);
          assert.deepEqual(inOrder(rows), upTo(160));
        }
      },
    );

  itOnTorch(
    'whose number changes go on with the next minibatch: none is read twice, none left out',
    async () => {
      const run = join(scratch(), 'run');
      const parts = [
        await probe(2, '--out', run, '--steps', '7'),
        await probe(4, '--resume', run, '--steps', '13'),
        await probe(1, '--resume', run, '--steps', '23'),
      ];
      const whole = await probe(1, '--out', join(scratch(), 'run'), '--steps', '23');
      for (const { code, err } of [...parts, whole]) assert.equal(code, 0, err);
      const read = parts.map(({ notes }) => minibatches(notes));
      assert.deepEqual(
        read.flatMap((part) => inOrder(part.keys())),
        upTo(46),
      );
      const wanted = minibatches(whole.notes);
      for (const part of read)
        for (const [ordinal, rows] of part)
          assert.deepEqual(rows, wanted.get(ordinal), `minibatch ${ordinal}`);
      const [resumed, straight] = [parts[2], whole].map(({ notes }) => notes[0].skipped);
      for (const [iteration, skipped] of Object.entries(resumed))
        assert.deepEqual(skipped, straight[iteration]);
    },
  );

  itOnTorch(
    'whose weights differ by one rounding end the run at the next checkpoint, which is not written',
    async () => {
      const run = join(scratch(), 'run');
      const { code, err } = await probe(
        2,
        ...['--do', 'spoil', '1', '7', '--out', run, '--steps', '20', '--checkpoint-every', '5'],
      );
      assert.notEqual(code, 0);
      assert.include(err, 'after iteration 10 the weights of rank 1 are not those of rank 0');
      assert.equal(newestWhole(join(run, 'checkpoints')).checkpoint!.position.iteration, 5);
      assert.include(readFileSync(join(run, 'log.txt'), 'utf8'), 'the checkpoint of iteration 5 is kept');
    },
  );

  for (const [what, sentence] of [
    ['kill', /rank 1 is gone: /],
    ['stop', /nothing was heard of rank 1 for 20 seconds/],
    ['sleep', /this process waited 45 seconds for rank 1/],
  ] as const)
    itOnTorch(`of which one is lost (${what}) end, and say which one it was`, async () => {
      const run = join(scratch(), 'run');
      const options = ['--out', run, '--steps', '1000000', '--checkpoint-every', '5'];
      const { code, err } = await probe(2, '--do', what, '1', '12', ...options);
      assert.notEqual(code, 0);
      assert.match(err, sentence);
      const log = readFileSync(join(run, 'log.txt'), 'utf8');
      assert.match(log, sentence);
      assert.include(log, 'the checkpoint of iteration 10 is kept');
    });
});
