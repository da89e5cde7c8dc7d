"""
A small classifier as PyTorch exports it, and what it makes of two rows: test/cases/networks/digits.onnx and network.json, for
tests of networks from files. With PyTorch and onnx: bench/.venv/bin/python test/values/network.py
"""

import json
import warnings
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
warnings.filterwarnings('ignore')
torch.manual_seed(1)


class Digits(nn.Module):
    """Convolutions of every sort, a batch norm with statistics, and the sizes that exporters compute."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Conv2d(8, 8, 3, padding=1, groups=8),
            nn.MaxPool2d(3, 2, 1),
            nn.Conv2d(8, 12, 3, padding=2, dilation=2),
            nn.SiLU(),
            nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        )
        self.head = nn.Linear(48, 10)

    def forward(self, x):
        h = self.features(x)
        return self.head(nn.functional.dropout(h.view(h.size(0), -1), training=self.training))


network = Digits()
with torch.no_grad():
    for _ in range(20):
        network(torch.randn(16, 1, 8, 8))
network.eval()
x = torch.sin(torch.arange(128.0)).reshape(2, 1, 8, 8)
axes = {'image': {0: 'rows'}}
path = here.parent / 'cases' / 'networks' / 'digits.onnx'
torch.onnx.export(
    network, x, path, dynamo=False, input_names=['image'], output_names=['scores'], dynamic_axes=axes, keep_initializers_as_inputs=False
)
scores = network.double()(x.double()).flatten().tolist()
(here / 'network.json').write_text(json.dumps({'image': x.flatten().tolist(), 'scores': scores}) + '\n')
