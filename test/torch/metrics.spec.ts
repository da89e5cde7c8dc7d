/**
 * Metrics that a program computes by itself, in Python (ganc_torch/metrics): all that the catalogue has, with the same numbers and
 * the same sentences about what can't be compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import { metrics } from '../../runtime/catalogue.ts';
import { sameLengths, type Values } from '../../runtime/reports/metrics/metric.ts';
import { root } from '../parity/host.ts';
import { python, scratch, writeRuntime } from './built.ts';
import { cases, type Case } from './metric-cases.ts';
import { shell } from '../cli/shell.ts';
import { itOnTorch, torchPython } from './where.ts';

/** Roots of eigenvalues that are 0 but for rounding are half as exact as these. */
const near: Readonly<Record<string, number>> = { frechet: 1e-7 };

interface Told {
  readonly iteration: number;
  readonly metric?: string;
  readonly value: number;
}

const home = shell();

/** Every metric, of one run. Values that several read are computed once; statistics of a batch norm are taken anew between. */
const measured = `gan Measured
data ring = gaussians(modes: 4, rows: 120)
sample z ~ normal[4]
network G(z: vec[4]) -> vec[2] { z |> dense(8) |> batch_norm |> relu |> dense(2) }
network D(x: vec[2]) -> logit { x |> dense(8) |> tanh |> dense(1) }
network E(x: vec[2]) -> vec[2] { x |> batch_norm |> dense(2) }
network C(x: vec[2]) -> categorical[4] { x |> dense(4) |> categorical }
let fake = G(z)
let game = adversarial(real: D(ring.point), fake: D(fake))
loss critic = game.discriminator
loss fool = game.generator
loss classes = nll(C(E(ring.point)), ring.label)
train for 12 steps, batch 20 {
  update D to minimize critic with adam(1e-2)
  update G to minimize fool with adam(1e-2)
  update C, E to minimize classes with adam(1e-2)
}
report every 6 steps {
  metric distance = frechet(fake, ring.point, rows: 70)
  metric impossible = density(fake, ring.point, k: 200)
  metric kernel = kid(fake, ring.point, block: 30, rows: 70)
  metric good = precision(fake, ring.point, rows: 70)
  metric reached = recall(fake, ring.point, rows: 70)
  metric before = std(E(ring.point))
  recalibrate E(ring.point) for 3 steps
  metric after = std(E(ring.point))
  metric thick = density(fake, ring.point, rows: 70)
  metric near = neighbour_coverage(fake, ring.point, rows: 70)
  metric modes = coverage(fake, among: ring.point, labels: ring.label, within: 0.5, rows: 70)
  metric sure = 1 - inception_score(C(fake), rows: 300) / 4
  metric error = 1 - accuracy(C(E(ring.point)), ring.label)
  metric matched = matched_accuracy(C(E(ring.point)), ring.label)
  metric beside = knn_accuracy(fake, C(fake), among: ring.point, labels: ring.label, k: 3, rows: 70)
  metric told = probe(E(ring.point), ring.label)
  metric spread = std(fake, rows: 50) * mean(D(fake))
}
`;

/** The rows of a spec, as `ganc build` writes them. */
async function dataOf(file: string): Promise<string> {
  const { code, err } = await home.run(['build', file, '--target', 'torch', '--out', home.path('built')]);
  assert.equal(code, 0, err);
  return home.path('built/data');
}

/** What ganc itself says of a case: a number or a sentence. */
async function wanted(name: string, { values, options = {} }: Case): Promise<number | string> {
  try {
    if (metrics[name].anyLength !== true) sameLengths(values, name);
    return await metrics[name].compute(values, options);
  } catch (error) {
    return `no: ${(error as Error).message}`;
  }
}

async function computed(): Promise<{ senses: Record<string, number>; results: string[] }> {
  const folder = scratch();
  writeRuntime(folder);
  const told = ({ data, ...more }: Values): object => ({ ...more, data: Array.from(data, String) });
  const given = Object.entries(cases).flatMap(([name, list]) =>
    list.map(({ values, options = {} }) => ({
      name,
      options,
      values: Object.fromEntries(Object.entries(values).map(([param, value]) => [param, told(value)])),
    })),
  );
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(given));
  const { code, err } = await python(1, [join(root, 'test', 'torch', 'metrics.py'), folder]);
  assert.equal(code, 0, err);
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Awaited<
    ReturnType<typeof computed>
  >;
}

describe('metrics in Python', () => {
  itOnTorch('are those of the catalogue, improve the same way, and are the same numbers', async () => {
    assert.hasAllKeys(cases, Object.keys(metrics));
    const { senses, results } = await computed();
    const sign = { higher: 1, lower: -1, neither: 0 };
    assert.deepEqual(
      senses,
      Object.fromEntries(
        Object.entries(metrics).map(([name, { signature }]) => [name, sign[signature.better ?? 'neither']]),
      ),
    );
    const all = Object.entries(cases).flatMap(([name, some]) => some.map((one) => ({ name, one })));
    const numbers = new Set<string>();
    for (const [i, { name, one }] of all.entries()) {
      const [mine, title] = [await wanted(name, one), `${name}, case ${i}`];
      if (typeof mine === 'string') assert.equal(results[i], mine, title);
      else if (Number.isNaN(mine)) assert.equal(results[i], 'nan', title);
      else {
        numbers.add(name);
        assert.closeTo(Number(results[i]), mine, (near[name] ?? 1e-9) * Math.max(1, Math.abs(mine)), title);
      }
    }
    assert.hasAllKeys(Object.fromEntries([...numbers].map((name) => [name, 1])), Object.keys(metrics));
  });

  itOnTorch('of a run are those that ganc computes of it, and the log says why there is none', async () => {
    process.env.GANC_PYTHON = torchPython!;
    const file = home.write('measured.gan', measured);
    const common = ['--threads', '1', '--device', 'cpu'];
    const under = ['run', file, '--target', 'torch', '--out', home.path('under'), '--no-report', ...common];
    const watched = await home.run(under);
    assert.equal(watched.code, 0, watched.err);
    const { code, err } = await python(1, [
      home.path('under/program/train.py'),
      ...['--data', await dataOf(file), '--out', home.path('alone'), ...common],
    ]);
    assert.equal(code, 0, err);
    const values = (run: string): Told[] =>
      home
        .read(`${run}/metrics.jsonl`)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Told)
        .filter(({ metric }) => metric !== undefined);
    const [alone, wanted] = [values('alone'), values('under')];
    assert.lengthOf(wanted, 2 * 15);
    assert.deepEqual(
      alone.map(({ iteration, metric }) => [iteration, metric]),
      wanted.map(({ iteration, metric }) => [iteration, metric]),
    );
    wanted.forEach(({ metric, value }, i) =>
      assert.closeTo(alone[i].value, value, 1e-6 * Math.max(1, Math.abs(value)), metric),
    );
    const [before, after] = ['before', 'after'].map(
      (name) => alone.find(({ metric }) => metric === name)!.value,
    );
    assert.notEqual(before, after);
    const why = 'iteration 6: no impossible: k is less than the 120 rows of real';
    for (const run of ['alone', 'under']) {
      assert.include(home.read(`${run}/log.txt`), why);
      assert.match(home.read(`${run}/metrics.jsonl`), /"missing": ?"impossible"/);
    }
  });
});
