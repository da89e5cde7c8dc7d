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

# What is damaged pushes nothing out that is whole, and stays for whoever wants to look at it.
def number(path):
    return int(path.name[5:])
for at in (10, 20, 30):
    files.write_checkpoint(kept, {'w': torch.zeros(2)}, {**progress, 'position': {'iteration': at}})
(kept / 'step-00000030' / 'state.safetensors').write_bytes(b'')
whole = files.whole_checkpoints(kept)
assert whole == {10, 20}, whole
files.write_checkpoint(kept, {'w': torch.zeros(2)}, {**progress, 'position': {'iteration': 25}})
whole.add(25)
files.prune(kept, 1, {'iteration': 10}, whole)
assert [number(path) for path in files.checkpoints(kept)] == [30, 25, 10]
assert whole == {10, 25}, whole
files.prune(kept, 1, None, whole)
assert [number(path) for path in files.checkpoints(kept)] == [30, 25]
for path in files.checkpoints(kept):
    shutil.rmtree(path)

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
