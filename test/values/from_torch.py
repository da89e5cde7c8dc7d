"""What PyTorch computes for every item of the vocabulary: `bench/.venv/bin/python test/values/from_torch.py` writes the
numbers of from_torch.json that vocabulary.spec.ts holds the compiler's against, in float64 (torch 2.15). Each case is written
twice, as a call of the language and as what the library says it is; nothing here shares code with the compiler.
"""

import json
from pathlib import Path

import cases
import equal_rows
import functions  # noqa: F401 (its cases)
import layers  # noqa: F401
import losses  # noqa: F401
import optimizers
import torch

path = Path(__file__).parent / 'from_torch.json'
text = {'torch': torch.__version__, 'vocabulary': cases.cases, 'optimizers': optimizers.runs, 'equal': equal_rows.found}
path.write_text(json.dumps(text, separators=(',', ':')) + '\n')
print(sum(map(len, cases.cases.values())), 'cases of', len(cases.cases), 'items')
