"""Kills one of several processes that share a run with -9 at random moments: all must end within a minute, and the run must
go on from its last checkpoint, by any number of processes. Usage, with Python alone:

    node bin/ganc.js build my.gan --target torch --out build/my
    python bench/kill-ranks.py build/my [--nproc 4] [--times 10] [--resume 1 2 4]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
given.add_argument('program', type=Path)
given.add_argument('--nproc', type=int, default=4)
given.add_argument('--times', type=int, default=10)
given.add_argument('--resume', type=int, nargs='+', default=[1, 2, 4], help='processes that go on')
given = given.parse_args()


def started(nproc, *options):
    launcher = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', str(nproc)] if nproc > 1 else []
    command = [sys.executable, *launcher, str(given.program / 'train.py'), '--threads', '1', '--checkpoint-every', '5', *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)


def children(pid):
    found = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)], capture_output=True, text=True).stdout
    return [int(one) for one in found.split()]


def newest(run):
    steps = sorted(int(path.name[5:]) for path in (run / 'checkpoints').glob('step-*'))
    return steps[-1] if steps else 0


def killed(run, moment):
    """Seconds from the kill until everybody has ended, and which one it was."""
    process = started(given.nproc, '--out', str(run), '--steps', '1000000000')
    while newest(run) == 0:
        if process.poll() is not None:
            sys.exit(process.stderr.read())
        time.sleep(0.1)
    time.sleep(moment)
    ranks = children(process.pid)
    victim = random.choice(ranks)
    os.kill(victim, signal.SIGKILL)
    began = time.monotonic()
    process.communicate(timeout=60)
    alive = [one for one in ranks if Path(f'/proc/{one}/cmdline').exists() and Path(f'/proc/{one}/cmdline').read_bytes()]
    if alive or process.returncode == 0:
        sys.exit(f'{alive} still run, code {process.returncode}')
    return time.monotonic() - began, ranks.index(victim)


for turn in range(given.times):
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / 'run'
        seconds, rank = killed(run, random.uniform(0, 3))
        line, at = f'{turn + 1}: child {rank} killed, all ended after {seconds:.1f} s', newest(run)
        for nproc in given.resume:
            before = newest(run)
            process = started(nproc, '--resume', str(run), '--steps', str(before + 5))
            _, said = process.communicate()
            if process.returncode != 0 or newest(run) != before + 5 or f'resumed after iteration {before}' not in said:
                sys.exit(f'{line}; {nproc} processes did not go on from {before}: {said[-2000:]}')
        print(f'{line}; went on from iteration {at} by {", ".join(map(str, given.resume))} processes', flush=True)
