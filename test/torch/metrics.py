"""Computes metrics of values as a program by itself does. Usage: metrics.py FOLDER, which holds ganc_torch/ and cases.json; writes
results.json: which way each metric improves, and of each case a number, as text, or what it says.
"""

import json
import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))

from ganc_torch.metrics.known import known  # noqa: E402
from ganc_torch.metrics.metric import Unshown  # noqa: E402


def parts(given):
    """Rows as reports hand them over: some at once, or one by one where each has a length of its own."""
    rows = torch.tensor([float(x) for x in given['data']], dtype=torch.float64).reshape(given['shape'])
    if 'lengths' not in given:
        return rows.split(7)
    return [row[None, ..., :length] for row, length in zip(rows, given['lengths'])]


def run(case):
    metric, values = known[case['name']], {}
    for name, given in case['values'].items():
        collector = metric.collector(name)
        for part in parts(given):
            collector.add(part)
        values[name] = collector.taken()
    try:
        return repr(metric.of(case['name'], values, case['options']))
    except Unshown as why:
        return f'no: {why}'


results = [run(case) for case in json.loads((folder / 'cases.json').read_text())]
senses = {name: metric.sense for name, metric in known.items()}
(folder / 'results.json').write_text(json.dumps({'senses': senses, 'results': results}))
