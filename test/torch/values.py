"""Runs many small programs in one process, in float64: PyTorch takes seconds to load. Usage: values.py FOLDER, which holds
ganc_torch/ and cases.json; writes results.json: values by name, or why there are none.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import torch

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))

from ganc_torch import ops  # noqa: E402


def made(given):
    """A tensor from JSON, where numbers that are not finite are strings."""
    return torch.tensor([float(x) for x in given['data']], dtype=torch.float64).reshape(given['shape'])


def told(tensor):
    tensor = torch.as_tensor(tensor)
    return {'shape': list(tensor.shape), 'data': [x if abs(x) < float('inf') else str(x) for x in tensor.double().reshape(-1).tolist()]}


def run(case):
    space = {}
    exec(case['text'], space)
    trees = {'networks': SimpleNamespace(), 'draws': SimpleNamespace(), 'given': SimpleNamespace()}
    for *path, last, value in case['feeds']:
        at = trees[path[0]]
        for part in path[1:]:
            if not hasattr(at, part):
                setattr(at, part, SimpleNamespace())
            at = getattr(at, part)
        # Weights take gradients.
        setattr(at, last, made(value).requires_grad_(path[0] == 'networks'))
    outputs = space['values'](trees['networks'], None, trees['draws'], None, trees['given'])
    return {name: told(value.detach() if isinstance(value, torch.Tensor) else value) for name, value in outputs.items()}


torch.set_num_threads(1)
ops.configure('cpu', torch.float64)
results = []
for one in json.loads((folder / 'cases.json').read_text()):
    try:
        results.append(run(one))
    except Exception as error:  # the test says it
        results.append({'error': f'{type(error).__name__}: {error}'})
(folder / 'results.json').write_text(json.dumps(results))
