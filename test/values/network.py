"""
Small networks as PyTorch exports them, and what they make of two rows: a classifier (test/cases/networks/digits.onnx) and one of
recurrent layers (steps.onnx, for any number of rows; steps-two.onnx, for two), with network.json, for tests of networks from files. With PyTorch and
onnx: bench/.venv/bin/python test/values/network.py
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


class Steps(nn.Module):
    """Every recurrent layer: in both directions and one on the other, from zeros and from learned states, all steps and the last."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(8, 5, batch_first=True)
        self.start = nn.Parameter(torch.randn(1, 1, 5))
        self.rnn = nn.RNN(5, 3, batch_first=True, nonlinearity='relu', bidirectional=True)

    def forward(self, x):
        h, (last, cell) = self.lstm(x)
        h, end = self.gru(h, self.start.expand(1, x.size(0), 5).contiguous())
        h, _ = self.rnn(h)
        return torch.cat([h.mean(1), last[-1], cell[0], end[0]], 1)


torch.manual_seed(2)
steps = Steps().eval()
read = torch.sin(torch.arange(42.0)).reshape(2, 7, 3)
for name, axes in [('steps', {'x': {0: 'rows'}, 'y': {0: 'rows'}}), ('steps-two', None)]:
    torch.onnx.export(
        steps, read, path.with_name(f'{name}.onnx'), dynamo=False, input_names=['x'], output_names=['y'], dynamic_axes=axes
    )
ends = steps.double()(read.double()).flatten().tolist()
told = {'image': x.flatten().tolist(), 'scores': scores, 'steps': read.flatten().tolist(), 'ends': ends}
(here / 'network.json').write_text(json.dumps(told) + '\n')
