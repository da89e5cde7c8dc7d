/** What a run in Python takes for a place to go on from (ganc_torch/files.py). */
import { assert } from 'chai';
import { describe } from 'mocha';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

const script = (folder: string): string => `
import shutil, sys
from pathlib import Path
sys.path.insert(0, ${JSON.stringify(folder)})
import torch
from ganc_torch import files
from ganc_torch.errors import Refused

run = Path(${JSON.stringify(folder)}) / 'run'
kept = run / 'checkpoints'
kept.mkdir(parents=True)
(run / 'log.txt').write_text('seed 1\\n')
assert files.newest_checkpoint(run) is None
progress = {'position': {'iteration': 10}, 'applied': {}, 'best': None, 'metricsBytes': 0, 'unreported': None}
files.write_checkpoint(kept, {'w': torch.zeros(2)}, progress)

# A copy under a later name hides nothing.
shutil.copytree(kept / 'step-00000010', kept / 'step-00000030')
assert files.newest_checkpoint(run)['position']['iteration'] == 10
shutil.rmtree(kept / 'step-00000030')

# What is gone or damaged can't be amended.
assert files.amend_checkpoint(kept, progress)
(kept / 'step-00000010' / 'checkpoint.json').write_text('')
assert not files.amend_checkpoint(kept, progress)
shutil.rmtree(kept / 'step-00000010')
assert not files.amend_checkpoint(kept, progress)

# Where one was written and none is left, nothing is started over.
(run / 'log.txt').write_text('seed 1\\nfirst checkpoint after iteration 10\\n')
try:
    files.newest_checkpoint(run)
    sys.exit('started over')
except Refused as error:
    assert 'is empty' in str(error), error
`;

describe('checkpoints of a run in Python', () => {
  itOnTorch('are gone on from where they are whole, and never started over without', async () => {
    const folder = scratch();
    writeRuntime(folder);
    const { code, err } = await python(1, ['-c', script(folder)]);
    assert.equal(code, 0, err);
  });
});
