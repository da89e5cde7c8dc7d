"""Kills one of several processes that share a run with -9 at random moments: all must end within a minute and say which one it
was, and the run must go on from its last checkpoint: by as many processes to the bits of a run that nobody killed, then by
other numbers of them. Usage, with Python alone:

    node bin/ganc.js build my.gan --target torch --out build/my
    python bench/kill-ranks.py build/my [--nproc 4] [--times 10] [--resume 1 2]
"""

import argparse
import os
import random
import re
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
given.add_argument('--resume', type=int, nargs='+', default=[1, 2], help='numbers of processes that go on after that')
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
    """Seconds from the kill until everybody has ended, and which one they say it was."""
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
    _, said = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    alive = [one for one in ranks if Path(f'/proc/{one}/cmdline').exists() and Path(f'/proc/{one}/cmdline').read_bytes()]
    if alive or process.returncode == 0:
        sys.exit(f'{alive} still run, code {process.returncode}')
    named = re.search(r'rank \d: (rank \d) is gone', said)
    return seconds, named.group(1) if named else sys.exit(f'nobody said which rank is gone: {said[-2000:]}')


def gone_on(run, nproc):
    """Goes on for five iterations, by so many processes."""
    before = newest(run)
    process = started(nproc, '--resume', str(run), '--steps', str(before + 5))
    _, said = process.communicate()
    if process.returncode != 0 or newest(run) != before + 5 or f'resumed after iteration {before}' not in said:
        sys.exit(f'{nproc} processes did not go on from {before}: {said[-2000:]}')


def state(run):
    return (run / 'checkpoints' / f'step-{newest(run):08d}' / 'state.safetensors').read_bytes()


for turn in range(given.times):
    with tempfile.TemporaryDirectory() as place:
        run, whole = Path(place) / 'run', Path(place) / 'whole'
        seconds, rank = killed(run, random.uniform(0, 3))
        at = newest(run)
        gone_on(run, given.nproc)
        _, said = started(given.nproc, '--out', str(whole), '--steps', str(at + 5)).communicate()
        if state(run) != state(whole):
            sys.exit(f'after {at + 5} iterations the run that went on from {at} has other weights than one that nobody killed')
        for nproc in given.resume:
            gone_on(run, nproc)
        numbers = ', '.join(map(str, [given.nproc, *given.resume]))
        print(f'{turn + 1}: {rank} killed, all ended after {seconds:.1f} s; went on from iteration {at} by {numbers} processes, to the bit by {given.nproc}', flush=True)
