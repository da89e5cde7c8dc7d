/**
 * The layer `onnx`: every operator that is taken against onnxruntime's kernels, on the same bytes; a network that PyTorch
 * exported against what PyTorch makes of it; gradients against central differences; what is refused, in its words.
 */
import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import * as ort from 'onnxruntime-node';
import { Mistake } from '../../grammar/diagnostics.ts';
import { kinds } from '../../compiler/errors.ts';
import { operators } from '../../compiler/vocabulary/onnx/operators.ts';
import { cases } from './onnx-cases.ts';
import { recurrence } from './onnx-cases-recurrent.ts';
import { chain, type Link, type OnnxCase, scalar, weights } from './onnx-chain.ts';
import { close } from './close.ts';
import { onnxBench, type OnnxBench } from './onnx-bench.ts';
import type { Given } from './workbench.ts';

const rows = 3;

const layerOf = ({ bytes, row }: OnnxCase, more: Record<string, Given> = {}): OnnxBench =>
  onnxBench(bytes, [{ shape: [rows, ...row] }], rows, more);

/** What onnxruntime makes of these rows, as many at once as the file takes. */
async function byOnnxruntime(
  { bytes, rows: taken, row }: OnnxCase,
  data: Float32Array,
): Promise<{ shape: number[]; data: number[] }> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const made: number[] = [];
  let shape: readonly number[] = [];
  const [count, width] = [taken ?? rows, data.length / rows];
  for (let at = 0; at < rows; at += count) {
    const part = data.slice(at * width, (at + count) * width);
    const result = (await session.run({ x: new ort.Tensor(part, [count, ...row]) }))[session.outputNames[0]];
    made.push(...Array.from(result.data as Float32Array, Number));
    shape = result.dims;
  }
  await session.release();
  return { shape: [rows, ...shape.slice(1)], data: made };
}

/** The words of the mistake that the layer makes. */
function mistake(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    assert(error instanceof Mistake, String(error));
    assert.equal(error.kind, kinds.networkFile);
    return `${error.details.what} | ${error.details.hint}`;
  }
  return assert.fail('it makes no mistake');
}

describe('onnx', () => {
  it('there is a case of every operator that is taken', () => {
    const tried = new Set(cases.flatMap((one) => one.operators));
    assert.sameMembers([...tried], Object.keys(operators));
  });

  describe('gives what onnxruntime gives', () => {
    for (const one of cases)
      it(one.title, async () => {
        const { bench, run } = layerOf(one);
        const [found] = run();
        const wanted = await byOnnxruntime(one, Float32Array.from(bench.values.get('x0')!.data));
        assert.deepEqual([...found.shape], wanted.shape);
        close(found.data, wanted.data, 2e-5);
      });
  });

  const networkFile = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(new URL(`../cases/networks/${name}.onnx`, import.meta.url)));
  const fixture = networkFile('digits');
  const told = JSON.parse(readFileSync(new URL('../values/network.json', import.meta.url), 'utf8')) as {
    readonly image: number[];
    readonly scores: number[];
    readonly steps: number[];
    readonly ends: number[];
  };

  it('gives what PyTorch gives, of a network that it exported', () => {
    const image = { shape: [2, 1, 8, 8], data: Float64Array.from(told.image) };
    const [found] = onnxBench(fixture, [image], 2).run();
    assert.deepEqual([...found.shape], [2, 10]);
    // The file holds its weights in float32, its batch norm folded into them.
    close(found.data, told.scores, 1e-6);
  });

  for (const name of ['steps', 'steps-two'])
    it(`gives what PyTorch gives, of recurrent layers that it exported: ${name}.onnx`, () => {
      // A third row, the first once more: a file for two rows takes any number.
      const data = Float64Array.from([...told.steps, ...told.steps.slice(0, 21)]);
      const { bench, made, run } = onnxBench(networkFile(name), [{ shape: [3, 7, 3], data }], 3);
      const [found] = run();
      assert.deepEqual([...found.shape], [3, 19]);
      close(found.data, [...told.ends, ...told.ends.slice(0, 19)], 1e-6);
      bench.checkGradients(made[0].node, ['x0']);
    });

  it('passes gradients through recurrent operators', () => {
    const of = (...[kind, form]: Parameters<typeof recurrence>): void => {
      const { bench, made } = layerOf(recurrence(kind, form));
      bench.checkGradients(made[0].node, ['x0']);
    };
    for (const kind of ['GRU', 'LSTM', 'RNN'] as const)
      of(kind, { start: true, attributes: { direction: 'bidirectional' } });
    of('GRU', { attributes: { direction: 'reverse', linear_before_reset: 1 }, output: 'Y_h' });
    of('LSTM', { output: 'Y_c' });
  });

  it('says what of a recurrent operator it does not take', () => {
    const said = (...[kind, form]: Parameters<typeof recurrence>): string =>
      mistake(() => layerOf(recurrence(kind, form)));
    assert.match(said('LSTM', { attributes: { layout: 1 } }), /`LSTM`, .*its rows first \(layout 1\)/);
    assert.match(said('LSTM', { attributes: { input_forget: 1 } }), /one gate for entering and forgetting/);
    assert.match(said('GRU', { attributes: { clip: { float: 2 } } }), /its numbers cut/);
    assert.match(said('RNN', { attributes: { direction: 'sideways' } }), /none of forward, reverse/);
    assert.match(
      said('RNN', { attributes: { activations: ['Softsign'] } }),
      /has the activation Softsign, which is not taken \| .*Relu, Sigmoid, Tanh/,
    );
    assert.match(
      said('LSTM', { attributes: { activations: ['Sigmoid'] } }),
      /names 1 activations, and has 3 in each direction/,
    );
    const [ways, width] = [weights(1, 12, 3), weights(1, 12, 3)];
    const turned: Link = ['Transpose', { perm: [1, 0, 2] }];
    const given = (links: readonly Link[], settings = {}): string =>
      mistake(() => layerOf(chain([5, 3], links, settings)));
    assert.match(given([['LSTM', {}, [ways, width]]]), /rows second \| .*batch_first=True/);
    assert.match(given([turned, ['GRU', {}, [ways, width]]]), /not those of 3 gates in each direction/);
    assert.match(given([turned, ['LSTM', {}, [weights(12, 3), width]]]), /not those of 4 gates/);
    assert.match(
      given([turned, ['LSTM', { direction: 'bidirectional' }, [ways, width]]]),
      /node 2, `LSTM`, which gives `y1`: /,
    );
    assert.match(given([turned, ['LSTM', {}, [ways, width, null, [5]]]]), /lengths of its sequences/);
    assert.match(
      given([turned, ['LSTM', {}, [ways, width, null, null, null, null, weights(1, 9)]]]),
      /peepholes/,
    );
    const other = weights(1, 3, 3);
    assert.match(
      given([turned, ['LSTM', {}, [ways, width, null, null, other]]], { rows: 3 }),
      /other numbers for each of the 3 rows|first axis of `y1` is not its rows/,
    );
  });

  it('gives a value inside by its name, and needs no operator behind it', () => {
    const links = [['Relu'], ['Det']] as const;
    const unknown = chain([2, 3], links);
    const [found] = layerOf(unknown, { output: 'y0' }).run();
    assert.deepEqual([...found.shape], [rows, 2, 3]);
    assert.match(
      mistake(() => layerOf(unknown)),
      /^net\.onnx, node 2, `Det`, which gives `y1`: this operator is not taken \| .*Conv, /,
    );
    assert.match(
      mistake(() => layerOf(unknown, { output: 'y8' })),
      /net\.onnx has no value `y8` \| .*y0/,
    );
  });

  it('passes gradients through to what comes in, and its weights are constants', () => {
    const small = chain(
      [2, 4, 5],
      [
        ['Conv', { pads: [1, 1, 1, 1] }, [weights(3, 2, 3, 3), weights(3)]],
        ['BatchNormalization', {}, [weights(3), weights(3), weights(3), { random: [3], positive: true }]],
        ['Relu'],
        ['MaxPool', { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0] }],
        ['AveragePool', { kernel_shape: [2, 2], pads: [1, 0, 0, 1] }],
        ['Flatten'],
        ['Softmax'],
      ],
    );
    const { bench, made } = layerOf(small);
    assert.deepEqual(made[0].type.range, [0, 1]);
    bench.checkGradients(made[0].node, ['x0']);
  });

  it('knows a range where both of its ends are known', () => {
    const rangeOf = (...ends: (Parameters<typeof chain>[1][number][2] & object)[number][]): unknown =>
      layerOf(chain([4, 6], [['Clip', {}, ends]])).made[0].type.range;
    assert.isNull(rangeOf(null, scalar(0.5)));
    assert.isNull(rangeOf(scalar(-0.5)));
    assert.deepEqual(rangeOf(scalar(-0.5), scalar(0.5)), [-0.5, 0.5]);
  });

  it('refuses what would mix rows', () => {
    const across = (links: Parameters<typeof chain>[1], settings = {}): string =>
      mistake(() => layerOf(chain([4, 6], links, settings)));
    assert.match(across([['ReduceMean', {}, [[0]]]]), /`ReduceMean`.*across rows/);
    assert.match(across([['Softmax', { axis: 0 }]]), /across rows/);
    assert.match(across([['Softmax', { axis: 0 }]], { opset: 11 }), /across rows/);
    assert.match(across([['Transpose', { perm: [1, 0, 2] }]]), /first axis of `y0` is not its rows/);
    assert.match(
      across([['Flatten', { axis: 2 }]]),
      /\[rows, 4, 6\] does not become \[4\*rows, 6\] row by row/,
    );
    assert.match(across([['Reshape', {}, [[6, -1]]]]), /row by row/);
    assert.match(across([['Concat', { axis: 0 }, ['x']]]), /across rows/);
    assert.match(across([['Slice', {}, [[0], [1], [0]]]]), /across rows/);
    assert.match(
      across([
        ['Transpose', { perm: [1, 0, 2] }],
        ['Add', {}, ['x']],
      ]),
      /rows of one input are not the rows of another/,
    );
    assert.match(
      across([
        ['Transpose', { perm: [2, 1, 0] }],
        ['MatMul', {}, ['x']],
      ]),
      /sums over rows|not the rows of another/,
    );
  });

  it('says what of a node it does not take', () => {
    const said = (row: number[], links: Parameters<typeof chain>[1]): string =>
      mistake(() => layerOf(chain(row, links)));
    assert.match(
      said([4, 6, 6], [['Conv', {}, [weights(3, 5, 3, 3)]]]),
      /kernel is for 5 channels in 1 groups, and 4 come in/,
    );
    assert.match(
      said([2, 4, 4, 4], [['MaxPool', { kernel_shape: [2, 2, 2] }]]),
      /3 axes of places, and one or two are taken/,
    );
    assert.match(said([4], [['Add', {}, [weights(3)]]]), /shapes of its inputs do not go together/);
    assert.match(
      said(
        [4],
        [
          ['Exp', {}, []],
          ['Reshape', {}, ['x']],
        ],
      ),
      /its input 2 is known only when numbers are/,
    );
    assert.match(
      said([4, 4], [['Concat', { axis: 1 }, [weights(1, 2, 3)]]]),
      /node 1, `Concat`.*differ outside axis 1/,
    );
    assert.match(said([4, 4], [['Gather', { axis: 1 }, [[9]]]]), /there is no axis 9 of 4/);
    assert.match(
      said([2, 4, 4], [['Resize', { mode: 'cubic' }, [null, { reals: [1, 1, 2, 2] }]]]),
      /linear and nearest are/,
    );
    assert.match(said([4], [['Dropout', {}, [{ reals: [0.5], shape: [] }, [1]]]]), /evaluation mode/);
    assert.match(
      said([4], [['Shape'], ['Cast', { to: 1 }], ['Mul', {}, ['x']]]),
      /computes with how many rows there are/,
    );
  });

  it('holds what goes in to the sizes that the file declares', () => {
    const given = (shape: number[], type = {}): string =>
      mistake(() => onnxBench(fixture, [{ shape }], 2, {}, type));
    assert.match(
      given([2, 1, 9, 8]),
      /net\.onnx takes `image`, float\[rows, 1, 8, 8\], and image\[1, 9, 8\] came in \| .*resize/,
    );
    assert.match(given([2, 64]), /and vec\[64\] came in/);
    assert.match(given([2], { kind: 'label', classes: 3 }), /and label\[3\] came in/);
    const two = mistake(() => onnxBench(fixture, [{ shape: [2, 1, 8, 8] }, { shape: [2, 4] }], 2));
    assert.match(two, /takes `image`, float\[rows, 1, 8, 8\], and 2 values are given/);
  });
});
