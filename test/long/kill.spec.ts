/** A few of the kills that `npm run kill -- --times 200` tries, on each target. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { it } from 'mocha';
import { numbers } from '../numbers.ts';
import { itOnTorch, torchPython } from '../torch/where.ts';
import { killed, type Moment, type Subject } from '../kill/kill.ts';
import { momentOf } from '../kill/moments.ts';

const at: readonly Moment[] = [
  { at: 'start', after: 150 },
  { at: 'write', nth: 1, after: 0 },
  { at: 'iteration', after: 40 },
  { at: 'write', nth: 5, after: 1 },
];

async function survives(subject: Subject, moments: readonly Moment[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-kill-'));
  try {
    const fell = await killed(subject, moments, folder, { GANC_PYTHON: torchPython ?? undefined });
    assert.lengthOf(fell, moments.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a run that is killed at any moment, and resumed', () => {
  const options = ['--profile', 'tiny'];

  it('is the run that was left alone, to the bit, on onnxruntime', () =>
    survives({ spec: 'specs/gan.gan', target: 'onnx', options }, at));

  it('on TensorFlow.js', () => survives({ spec: 'specs/gan.gan', target: 'tfjs', options }, at.slice(1, 3)));

  itOnTorch('on PyTorch', () => survives({ spec: 'specs/gan.gan', target: 'torch', options }, at.slice(2)));
});

describe('moments', () => {
  it('are the same for a seed, and half of them meant for a write', () => {
    const drawn = (seed: number): Moment[] => {
      const pick = numbers(seed);
      return Array.from({ length: 200 }, () => momentOf(pick));
    };
    assert.deepEqual(drawn(1), drawn(1));
    assert.notDeepEqual(drawn(1), drawn(2));
    assert.isAtLeast(drawn(1).filter((moment) => moment.at === 'write').length, 80);
  });
});
