/** The lock of a run that Python trains by itself (ganc_torch/lock.py): the one that ganc takes (test/runtime-loop/lock.spec.ts). */
import { assert } from 'chai';
import { describe } from 'mocha';
import { python, scratch, writeRuntime } from './built.ts';
import { itOnTorch } from './where.ts';

const script = (folder: string): string => `
import os, socket, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, ${JSON.stringify(folder)})
from ganc_torch import lock
from ganc_torch.errors import Refused

run = Path(${JSON.stringify(folder)}) / 'run'
run.mkdir()
file, here = run / 'training.lock', socket.gethostname()

def refused(text):
    file.write_text(text)
    try:
        lock.taken(run)
    except Refused as error:
        file.unlink()
        return str(error)
    sys.exit(f'taken from {text!r}')

release = lock.taken(run)
assert file.read_text() == f'{os.getpid()}\\n{here}\\n'
assert (run / 'training.pid').read_text() == str(os.getpid())
release()
assert list(run.iterdir()) == []

assert f'process {os.getppid()}: stop' in refused(f'{os.getppid()}\\n{here}\\n')
assert 'on node7: stop' in refused('5\\nnode7\\n')

# A process of another user's lives.
def others(*_):
    raise PermissionError
kill, os.kill = os.kill, others
assert 'process 5: stop' in refused(f'5\\n{here}\\n')
os.kill = kill

dead = subprocess.Popen([sys.executable, '-c', ''])
dead.wait()
for text in (f'{dead.pid}\\n{here}\\n', f'{os.getpid()}\\n{here}\\n', '', 'x', '5'):
    file.write_text(text)
    lock.taken(run)()
    assert list(run.iterdir()) == [], text

# Another one takes it over in this moment; one that was killed while it did stands in nobody's way for long.
guard = run / 'training.lock.taken'
guard.write_text(f'{os.getppid()}\\n{here}\\n')
assert 'being started' in refused(f'{dead.pid}\\n{here}\\n')
assert guard.exists()
guard.write_text(f'{dead.pid}\\n{here}\\n')
assert 'being started' in refused(f'{dead.pid}\\n{here}\\n')
lock.taken(run)()

file.write_text('5\\nnode7\\n')
os.utime(file, (time.time() - 601,) * 2)
release = lock.taken(run)
file.write_text('5\\nnode7\\n')
release()
assert file.exists(), 'it is another process\\'s by now'
`;

describe('the lock of a run in Python', () => {
  itOnTorch("is ganc's own", async () => {
    const folder = scratch();
    writeRuntime(folder);
    const { code, err } = await python(1, ['-c', script(folder)]);
    assert.equal(code, 0, err);
  });
});
