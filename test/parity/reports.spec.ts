/**
 * Reports of whole programs on two engines: metrics over 10,000 rows whose last part is not whole, equal to the
 * reference and to one run over all rows at once; a network on sequences of any length, from one program.
 */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { CompileOptions, Host } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import { render } from '../../grammar/render.ts';
import type { Source } from '../../grammar/source.ts';
import { catalogue, metrics, openStreams, pictures } from '../../runtime/catalogue.ts';
import type { Floats, State, Tensors } from '../../runtime/engines/engine.ts';
import { draws } from '../../runtime/random.ts';
import { initialState } from '../../runtime/run/initial-state.ts';
import { reporter } from '../../runtime/reports/reports.ts';
import { schedule } from '../../runtime/run/schedule.ts';
import { streams } from '../../runtime/data/streams.ts';
import { host, root } from './host.ts';
import { engineOf } from './train.ts';

const seed = 7;

function programOf(source: Source, options: CompileOptions, world: Host = host): Program {
  const { program, diagnostics } = compile(source, world, options);
  assert(program !== undefined, render(diagnostics, { color: false }));
  return program;
}

/** A state in which nothing stands at its start: running statistics and biases too. */
async function moved(program: Program): Promise<State> {
  const { manifest } = program;
  const values = initialState(manifest, seed);
  for (const { name, initial } of manifest.state) {
    if (initial.kind !== 'constant') continue;
    const { data } = values[name];
    draws({ seed, key: name, iteration: 0, scope: 0 }, 'uniform', 1, data.length, data);
    data.forEach((value, i) => (data[i] = 0.5 + value));
  }
  return (await engineOf(program)).start(values);
}

const onAll: readonly (CompileOptions & { readonly tolerance: number })[] = [
  { target: 'onnx', float: 'float64', tolerance: 1e-8 },
  { target: 'onnx', float: 'float32', tolerance: 1e-4 },
  { target: 'tfjs', float: 'float32', tolerance: 1e-4 },
];

describe('reports over 10,000 rows', () => {
  const text = `gan Test
data ring = gaussians(modes: 5, rows: 10000, std: 0.7)
sample z ~ normal[2]
network C(x: vec[2]) -> categorical[5] { categorical(x |> dense(8) |> batch_norm |> tanh |> dense(5)) }
network G(z: vec[2]) -> vec[2] { z |> dense(2) }
let guess = C(ring.point)
loss learn = nll(guess, ring.label) + mse(G(z), z)
train for 4 steps, batch 16 { update C, G to minimize learn with sgd(0.1) }
report every 1 steps {
  metric unlikely = nll(guess, ring.label)
  metric right    = accuracy(guess, ring.label)
  metric matched  = 1 - matched_accuracy(guess, ring.label)
  metric distance = frechet(G(z), ring.point, rows: 2000)
  metric sampled  = norm(G(z))
}`;

  const values = async (program: Program): Promise<Record<string, number>> => {
    const { manifest } = program;
    const data = streams(manifest, await openStreams(manifest, root), seed);
    const context = {
      manifest,
      streams: data,
      schedule: schedule(manifest, data.counts),
      seed,
      metrics,
      pictures,
    };
    const time = { step: 0, epoch: 0, epochs: 0, progress: 0 };
    const shown = await reporter(context)(manifest.reports[0].items, {
      state: await moved(program),
      time,
      applied: {},
    });
    return Object.fromEntries(
      shown.map((one) => [one.name, one.kind === 'metric' ? one.value : assert.fail(JSON.stringify(one))]),
    );
  };

  const reference = programOf({ path: 'test.gan', text }, { target: 'reference', float: 'float64' });

  it('engines agree on every metric', async () => {
    const wanted = await values(reference);
    assert.hasAllKeys(wanted, ['unlikely', 'right', 'matched', 'distance', 'sampled']);
    for (const { tolerance, ...options } of onAll) {
      const found = await values(programOf({ path: 'test.gan', text }, options));
      for (const [name, value] of Object.entries(wanted))
        assert.closeTo(
          found[name],
          value,
          tolerance * Math.max(1, Math.abs(value)),
          `${name}, ${options.target} in ${options.float}`,
        );
    }
  });

  it('in parts is as at once', async () => {
    const { manifest } = reference;
    const data = streams(manifest, await openStreams(manifest, root), seed);
    const graph = 'report_1_metrics_ring';
    const feeds = Object.fromEntries(
      manifest.graphs[graph].inputs.flatMap(({ name, from }) =>
        from.kind === 'field' ? [[name, data.slice('ring', 0, 10000, from.field)]] : [],
      ),
    );
    const outputs = await (await moved(reference)).report(graph, feeds, ['unlikely.0.value']);
    const all = outputs['unlikely.0.value'].data;
    assert.lengthOf(all, 10000);
    const mean = Array.from(all).reduce((sum, x) => sum + x, 0) / all.length;
    assert.closeTo((await values(reference)).unlikely, mean, 1e-9);
  });

  it('how many rows come at once changes no number', async () => {
    const wanted = await values(reference);
    const { manifest } = reference;
    const few = Object.fromEntries(
      Object.entries(manifest.graphs).map(([name, graph]) => [name, { ...graph, rows: 24 }]),
    );
    const found = await values({ ...reference, manifest: { ...manifest, graphs: few } });
    for (const [name, value] of Object.entries(wanted)) assert.closeTo(found[name], value, 1e-12, name);
  });

  it('fewer come at once where they hold much', () => {
    const rowsOf = (channels: number): number[] => {
      const wide = `gan Test
data ring = gaussians(modes: 5, rows: 1000, std: 0.7)
network C(x: vec[2]) -> vec[1] { x |> dense(4096) |> reshape(1, 64, 64) |> conv(${channels}, kernel: 1) |> mean(over: places) |> dense(1) }
train for 4 steps, batch 2 { update C to minimize mse(C(ring.point), 0) with sgd(0.1) }
report every 1 steps { metric level = C(ring.point) }`;
      const { graphs } = programOf({ path: 'test.gan', text: wide }, { target: 'reference' }).manifest;
      return Object.values(graphs).flatMap(({ rows }) => rows ?? []);
    };
    assert.deepEqual(rowsOf(4), [], 'neither of the report nor of the update');
    // A row is 512 channels of 64 x 64 in float32, 8 MiB.
    assert.deepEqual(rowsOf(512), [64]);
  });
});

describe('a network on sequences', () => {
  const fields = { sound: { kind: 'seq', shape: [4, 'T'] } } as const;
  const sounds = {
    name: 'sounds',
    doc: 'Sequences of any length, for this test.',
    params: [],
    fields: () => fields,
  };
  const world: Host = {
    ...host,
    catalogue: { ...catalogue, sources: { ...catalogue.sources, sounds } },
    describe: () => ({ count: 3, hash: '0' }),
  };
  const text = `gan Test
data sounds = sounds()
sample z ~ normal[48]
network ContentEncoder(x: seq[4, T]) -> seq[3, T] {
  x |> conv(6, kernel: 5) |> instance_norm |> leaky_relu |> gru(5, both: true) |> conv(3, kernel: 3)
}
network Last(x: seq[3, T]) -> vec[2] { x |> rnn(4) |> mean(over: time) |> dense(2) }
loss learn = mean(square(ContentEncoder(reshape(z, 4, 12)))) + mean(square(Last(ContentEncoder(reshape(z, 4, 12)))))
train for 4 steps, batch 2 { update ContentEncoder, Last to minimize learn with sgd(0.1) }
report every 1 steps {
  metric length  = norm(ContentEncoder(sounds.sound))
  metric highest = max(ContentEncoder(sounds.sound))
  metric last    = sum(Last(ContentEncoder(sounds.sound)) * Last(sounds.sound |> ContentEncoder))
}`;
  const graph = 'report_1_metrics_sounds';

  /** Three recordings of a length. */
  function feedsOf(program: Program, length: number): Tensors {
    const sound = new Float64Array(3 * 4 * length);
    draws({ seed, key: 'sound', iteration: 0, scope: 0 }, 'normal', 3, 4 * length, sound);
    const data: Floats = program.manifest.float === 'float32' ? Float32Array.from(sound) : sound;
    return Object.fromEntries(
      program.manifest.graphs[graph].inputs.flatMap(({ name, from }) =>
        from.kind === 'field' ? [[name, { shape: [3, 4, length], data }]] : [],
      ),
    );
  }

  for (const { tolerance, ...options } of onAll) {
    it(`${options.target} in ${options.float}: one program for lengths 37, 64 and 1003`, async () => {
      const source = { path: 'test.gan', text };
      const reference = programOf(source, { target: 'reference', float: 'float64' }, world);
      const program = programOf(source, options, world);
      assert.deepInclude(
        program.manifest.graphs[graph].inputs.map(({ shape }) => shape),
        ['N', 4, 'T'],
      );
      const names = program.manifest.graphs[graph].outputs.map(({ name }) => name);
      const [state, oracle] = [await moved(program), await moved(reference)];
      for (const length of [37, 64, 1003]) {
        const found = await state.report(graph, feedsOf(program, length), names);
        const wanted = await oracle.report(graph, feedsOf(reference, length), names);
        for (const name of names)
          wanted[name].data.forEach((value: number, i: number) =>
            assert.closeTo(
              found[name].data[i],
              value,
              tolerance * Math.max(1, Math.abs(value)),
              `${name} at ${length}`,
            ),
          );
      }
    });
  }
});
