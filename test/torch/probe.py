"""Trains a program as train.py does, and writes down what its ranks did. Usage, also by torchrun:

    probe.py FOLDER NOTES [--do WHAT RANK ITERATION] [options of train.py]

Each rank leaves NOTES-<rank>.json: `collectives` [what, numbers, type] in order; `rows` by stream, [minibatch, rows of this
rank]; `decided` [own value, value of all] of each single number that ranks average; `skipped` updates by iteration; `state`,
a hash of it at the end. --do: after an iteration one rank has a weight moved by one rounding (spoil), is killed (kill), is
stopped with its connections open (stop), or sleeps in the middle of everything, though it beats on (sleep).
"""

import functools
import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist

folder, notes, *rest = sys.argv[1:]
wanted, moment = None, None
if rest[:1] == ['--do']:
    wanted, moment, rest = rest[1], (int(rest[2]), int(rest[3])), rest[4:]
sys.argv[1:] = rest
sys.path.insert(0, folder)

from ganc_torch import data, files, ranks, train, training  # noqa: E402

seen = {'collectives': [], 'rows': {}, 'decided': [], 'skipped': {}, 'state': None}


def listened(name):
    """Notes calls of a function of torch.distributed."""
    function = getattr(dist, name)

    @functools.wraps(function)
    def noting(*args, **more):
        given = next((one for one in args if isinstance(one, torch.Tensor)), None)
        seen['collectives'].append([name, given.numel() if given is not None else None, str(given.dtype) if given is not None else None])
        return function(*args, **more)

    setattr(dist, name, noting)


for name in ('all_reduce', 'all_gather', 'all_gather_object', 'broadcast', 'barrier', 'reduce_scatter_tensor', 'all_gather_into_tensor'):
    listened(name)

rows_of, mean_of = data.Stream.rows, ranks.mean


def rows(self, ordinal, part=slice(None)):
    found = rows_of(self, ordinal, part)
    seen['rows'].setdefault(self.name, []).append([ordinal, found.tolist()])
    return found


def mean(x):
    made = mean_of(x)
    if x.numel() == 1:
        seen['decided'].append([x.item(), made.item()])
    return made


data.Stream.rows, ranks.mean = rows, mean


def spoil(program):
    weight = next(iter(program.networks.parameters())).data.view(-1)
    weight[0] = torch.nextafter(weight[0], weight[0] + 1)


happenings = {
    'spoil': spoil,
    'kill': lambda program: os.kill(os.getpid(), signal.SIGKILL),
    'stop': lambda program: os.kill(os.getpid(), signal.SIGSTOP),
    'sleep': lambda program: time.sleep(600),
}


class Training(training.Training):
    def _log(self, phase, logged):
        number = self.position['iteration']
        seen['skipped'][number] = logged['skipped']
        if (ranks.index(), number) == moment:
            happenings[wanted](self.program)
        super()._log(phase, logged)

    def _close(self):
        super()._close()
        digest = hashlib.sha256(b''.join(files.bytes_of(tensor) for tensor in self.program.state.values()))
        seen['state'] = digest.hexdigest()
        Path(f'{notes}-{ranks.index()}.json').write_text(json.dumps(seen))


train.Training = Training
train.main(str(Path(folder) / 'train.py'))
