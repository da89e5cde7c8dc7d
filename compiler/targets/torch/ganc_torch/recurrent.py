"""Recurrent layers, by the library's own kernels: [N, C, T] to [N, units, T], or to the state after the last step [N, units].

Weights lie as checkpoints have them, [in, gates * units], and are handed over as nn.GRU, nn.LSTM and nn.RNN have theirs. Where
a derivative of a derivative is wanted, the program has the recurrence written out: not all kernels have one.
"""

import torch
from torch import nn


class _Recurrent(nn.Module):
    """`both`: a second layer reads backwards, its states stand beside the first's; `last`: only the last state read."""

    gates = 1

    def __init__(self, channels, units, both=False, last=False):
        super().__init__()
        self.units, self.last, self.prefixes = units, last, ('', 'back_') if both else ('',)
        width = self.gates * units
        for prefix in self.prefixes:
            shapes = {'weight': (channels, width), 'recurrent_weight': (units, width), 'bias': width, 'recurrent_bias': width}
            for name, shape in shapes.items():
                self.register_parameter(f'{prefix}{name}', nn.Parameter(torch.zeros(shape)))

    def _ordered(self, weight):
        """A weight with its columns, gate by gate, in the library's order."""
        return weight

    def _weights(self):
        """Of each direction [out, in] of the input and of the state, and their biases."""
        for prefix in self.prefixes:
            for name in ('weight', 'recurrent_weight'):
                yield self._ordered(getattr(self, f'{prefix}{name}')).t()
            for name in ('bias', 'recurrent_bias'):
                yield self._ordered(getattr(self, f'{prefix}{name}'))

    def _read(self, steps, start, *how):
        """States [T, N, ways * units] and the last ones [ways, N, units] of steps [T, N, C]."""
        raise NotImplementedError

    def forward(self, x):
        steps, ways = x.permute(2, 0, 1), len(self.prefixes)
        start = x.new_zeros(ways, x.shape[0], self.units)
        # With biases, one layer, no dropout, to be trained, in both directions, time first.
        states, ends = self._read(steps, start, list(self._weights()), True, 1, 0.0, True, ways == 2, False)
        return ends.transpose(0, 1).flatten(1) if self.last else states.permute(1, 2, 0)


class RNN(_Recurrent):
    """h = tanh(x W + b + h U + c)"""

    def _read(self, steps, start, *how):
        return torch._VF.rnn_tanh(steps, start, *how)


class GRU(_Recurrent):
    """Cho et al. 2014, arXiv:1406.1078; gates r, z, n, of which r stands after the state's product."""

    gates = 3

    def _read(self, steps, start, *how):
        return torch._VF.gru(steps, start, *how)


class LSTM(_Recurrent):
    """Hochreiter & Schmidhuber 1997 with the gates of Gers et al. 2000: i, f, o, g, where the library has i, f, g, o."""

    gates = 4

    def _ordered(self, weight):
        enter, keep, show, fresh = weight.split(self.units, -1)
        return torch.cat([enter, keep, fresh, show], -1)

    def _read(self, steps, start, *how):
        states, ends, _ = torch._VF.lstm(steps, (start, start), *how)
        return states, ends
