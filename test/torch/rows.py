"""Reads rows as a program by itself does. Usage: rows.py FOLDER, which holds ganc_torch/ and cases.json; each case's folder has a
manifest and data/, and gets found.safetensors: by `STREAM.FIELD ORDINAL` minibatches, by `STREAM.FIELD FROM..TO` rows in order.
"""

import json
import sys
from pathlib import Path

import torch

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder))

from ganc_torch import files  # noqa: E402
from ganc_torch.data import open_streams  # noqa: E402


def read(case):
    place = folder / case['folder']
    manifest = json.loads((place / 'manifest.json').read_text())
    dtype = getattr(torch, manifest['float'])
    found = {}
    for name, stream in open_streams(place / 'data', manifest, case['seed'], torch.device('cpu'), dtype).items():
        for field in case['trained']:
            places = stream.minibatches([field], case['ordinals'])[field]
            for ordinal, own in zip(case['ordinals'], places):
                found[f'{name}.{field} {ordinal}'] = stream.values(field, own)
        for field in case['reported']:
            for start, end in case['ranges']:
                places = stream.in_order([field], torch.arange(start, end))[field]
                found[f'{name}.{field} {start}..{end}'] = stream.values(field, places)
    files.write_whole(place / 'found.safetensors', files.packed(found))


for case in json.loads((folder / 'cases.json').read_text()):
    read(case)
