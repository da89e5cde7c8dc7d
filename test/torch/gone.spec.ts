/** What a run in Python does once the ganc that started it is gone (ganc_torch/watch.py): it ends, whatever it still asks. */
import { assert } from 'chai';
import { describe } from 'mocha';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

/** Two looks and a report, as they may lie before the end of one iteration; ends by itself where an answer never comes. */
const script = (folder: string): string => `
import faulthandler, os, sys
sys.path.insert(0, ${JSON.stringify(folder)})
from ganc_torch.watch import Ganc
faulthandler.dump_traceback_later(60, exit=True)
sys.stdin = open(os.devnull)
ganc = Ganc(0)
ganc.look(None, {'look': {'when': 'before'}})
ganc.look(None, {'look': {'when': 'after'}})
assert ganc.report(None, {'report': []}) is None
assert ganc.stop
`;

describe('a run in Python whose ganc is gone', () => {
  itOnTorch('waits for no answer', async () => {
    const folder = scratch();
    writeRuntime(folder);
    const { code, err } = await python(1, ['-c', script(folder)]);
    assert.equal(code, 0, err);
  });
});
