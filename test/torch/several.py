"""Trains several programs one after the other in one process, or in as many as torchrun starts: PyTorch takes seconds to
load. Usage: several.py STEPS host|card FOLDER... (each gets a run in FOLDER/run-N); STEPS 0: as the spec says.
"""

import argparse
import sys
from pathlib import Path

import torch.distributed as dist

steps, way, *folders = sys.argv[1:]
sys.path.insert(0, folders[0])

from ganc_torch import ranks, train, training, watch  # noqa: E402

sys.argv[1:] = []
given = train.options()
given.threads = 1
device = train.place(given)
for folder in folders:
    given = argparse.Namespace(**{
        **vars(given),
        'as_on_a_card': way == 'card', 'out': f'{folder}/run-{way}-{ranks.size()}', 'seed': 7, 'steps': int(steps) or None, 'json': True,
    })
    training.Training(Path(folder).resolve(), given, device, watch.Nobody()).go()

# Threads of a group that is still there abort a process that ends.
if dist.is_initialized():
    dist.barrier()
    dist.destroy_process_group()
