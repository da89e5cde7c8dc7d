/**
 * Every item of the vocabulary and every optimizer against PyTorch: the numbers of from_torch.json, which from_torch.py made
 * and which share no code with the compiler, in float64. An item without a case there fails, unless `elsewhere` names the
 * test that has its numbers by hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { families } from '../../compiler/vocabulary/distributions.ts';
import { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import type { TensorValue, Value } from '../../compiler/values.ts';
import { close } from '../vocabulary/close.ts';
import { train } from '../vocabulary/train-one.ts';
import { vocabulary, Workbench } from '../vocabulary/workbench.ts';
import { known, made, type Case, type Trained } from './told.ts';

/** Numbers that the library has no call for: the test that has them by hand. */
const elsewhere: Readonly<Record<string, string>> = {
  augment: 'augment.spec.ts',
  random_affine: 'augmentation.spec.ts',
  box: 'places.spec.ts',
  generate: 'generate.spec.ts',
  onnx: 'onnx.spec.ts',
  spectrogram: 'spectrogram.spec.ts',
};

/** What a call gives, or a field of it; draws of a distribution's field are called draw/... */
function fieldOf(value: Value, field: string, bench: Workbench): TensorValue {
  if (value.sort === 'tensor') return value;
  if (value.sort === 'record') return value.fields[field] as TensorValue;
  assert(value.sort === 'distribution');
  const call = bench.call(field);
  const draw: typeof call.draw = (name, distribution, shape) =>
    bench.b.draw(distribution, `draw/${name}`, shape);
  return families[value.family].fields[field]({ ...call, draw }, value);
}

function check(one: Case): void {
  const bench = new Workbench({ mode: one.mode, sizes: { data: 2, other: 3, ...one.sizes } });
  const value = made(one, bench);
  const set = [...bench.values.keys()];
  for (const [field, { shape, data }] of Object.entries(one.wanted)) {
    const [found] = bench.run(fieldOf(value, field, bench).node);
    assert.deepEqual([...found.shape], [...shape], field);
    close(found.data, data, 1e-10);
  }
  assert.sameMembers([...bench.values.keys()], set, 'every weight, buffer and draw has a number here');
}

describe('values of PyTorch', () => {
  it('there are some of every item of the vocabulary, or it has a test by hand', () => {
    assert.sameMembers(
      [...Object.keys(known.vocabulary), ...Object.keys(elsewhere)],
      Object.keys(vocabulary),
    );
    for (const [item, test] of Object.entries(elsewhere)) {
      const path = new URL(`../vocabulary/${test}`, import.meta.url);
      assert(existsSync(path) && readFileSync(path, 'utf8').includes(`'${item}'`), item);
    }
    assert.sameMembers(Object.keys(known.optimizers), Object.keys(optimizers));
  });

  it('there is one of every field of every distribution', () => {
    for (const [family, { fields }] of Object.entries(families)) {
      const told = known.vocabulary[family].flatMap(({ wanted }) => Object.keys(wanted));
      assert.sameMembers([...new Set(told)], Object.keys(fields), family);
    }
  });

  for (const [item, cases] of Object.entries(known.vocabulary))
    describe(item, () => cases.forEach((one, i) => it(`${i + 1}`, () => check(one))));

  for (const [name, runs] of Object.entries(known.optimizers) as [keyof typeof optimizers, Trained[]][])
    for (const { given, gradients, weights } of runs)
      it(`${name} ${JSON.stringify(given)}`, () => close(train(name, given, gradients), weights, 1e-12));
});
