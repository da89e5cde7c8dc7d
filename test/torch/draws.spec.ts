/** Random numbers in Python (ganc_torch/philox.py): to the bit those of every target, also where a block of them is made in parts. */
import { join } from 'node:path';
import { assert } from 'chai';
import { describe } from 'mocha';
import { readFileSync } from 'node:fs';
import { draws, type Distribution } from '../../runtime/random.ts';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

const [seed, k, rows] = [2 ** 40 + 7, 10, 64] as const;
/** Runs, and numbers a row: the first is more than a processor makes at once. */
const sizes = [
  [40, 64],
  [3, 5],
  [1, 1],
] as const;
const kinds: readonly Distribution[] = ['uniform', 'normal', 'integer'];

const script = (folder: string): string => `
import json, sys
sys.path.insert(0, ${JSON.stringify(folder)})
import torch
from ganc_torch import philox
made = {}
for runs, width in ${JSON.stringify(sizes)}:
    for kind in ${JSON.stringify(kinds)}:
        iterations, scopes = torch.arange(runs) + 4, torch.arange(runs) % 2
        found = philox.draws(${seed}, 'z', kind, iterations, scopes, torch.arange(${rows}) + 3, width, ${k})
        made[f'{kind} {runs}'] = [list(found.shape), found[-1].flatten().tolist()]
open(${JSON.stringify(join(folder, 'made.json'))}, 'w').write(json.dumps(made))
`;

describe('draws in Python', () => {
  itOnTorch('are those of every target', async () => {
    const folder = scratch();
    writeRuntime(folder);
    const { code, err } = await python(1, ['-c', script(folder)]);
    assert.equal(code, 0, err);
    const made = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as Record<
      string,
      [number[], number[]]
    >;
    for (const [runs, width] of sizes)
      for (const kind of kinds) {
        const [shape, found] = made[`${kind} ${runs}`];
        assert.deepEqual(shape, [runs, rows, width]);
        const wanted = new Float64Array(rows * width);
        const at = { seed, key: 'z', iteration: runs + 3, scope: (runs - 1) % 2 };
        draws(at, kind, rows, width, wanted, { k, rowOf: (row) => row + 3 });
        // Logarithm and cosine are two libraries'.
        const near = kind === 'normal' ? 1e-14 : 0;
        wanted.forEach((x, i) => assert.closeTo(found[i], x, near, `${kind} ${runs}`));
      }
  });
});
