"""What programs are made of: layers that PyTorch has otherwise than the language, and the entries of an update's table."""

from dataclasses import dataclass, field
from typing import Any, Callable, Optional

import torch
import torch.nn.functional as F
from torch import nn

from . import ranks


class Block(nn.Module):
    """Layers under names."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


class Weights(Block):
    """Weights of a layer that is computed by a function; `buffers` are moved by no optimizer."""

    def __init__(self, buffers=None, **shapes):
        super().__init__(**{name: part for name, part in shapes.items() if isinstance(part, nn.Module)})
        for name, shape in shapes.items():
            if not isinstance(shape, nn.Module):
                self.register_parameter(name, nn.Parameter(torch.zeros(shape)))
        for name, shape in (buffers or {}).items():
            self.register_buffer(name, torch.zeros(shape))


class _RowNorm(nn.Module):
    """Gain and bias of each channel, after a normalisation of each row by itself; epsilon 1e-5."""

    epsilon = 1e-5

    def __init__(self, channels, affine=True):
        super().__init__()
        self.register_parameter('gain', nn.Parameter(torch.ones(channels)) if affine else None)
        self.register_parameter('bias', nn.Parameter(torch.zeros(channels)) if affine else None)


class InstanceNorm(_RowNorm):
    """Each channel of each row by its mean and variance over places."""

    def forward(self, x):
        # The library refuses a single place, whose variance is 0.
        if x[0, 0].numel() > 1:
            return F.instance_norm(x, weight=self.gain, bias=self.bias, eps=self.epsilon)
        wide = (slice(None), *[None] * (x.dim() - 2))
        made = (x - x) / self.epsilon**0.5
        return made if self.gain is None else made * self.gain[wide] + self.bias[wide]


class LayerNorm(_RowNorm):
    """Each row by the mean and variance of all its numbers."""

    def forward(self, x):
        return F.group_norm(x, 1, self.gain, self.bias, self.epsilon)


class BatchNorm(nn.Module):
    """Batch normalisation over rows and places, of all ranks together; epsilon 1e-5.

    In training it normalises by the batch and keeps the batch's mean and unbiased variance, for `batch_statistics`: a
    network may be called several times in an update, and its running statistics move once. Otherwise by the running ones.
    """

    epsilon = 1e-5

    def __init__(self, channels, affine=True):
        super().__init__()
        self.register_parameter('gain', nn.Parameter(torch.ones(channels)) if affine else None)
        self.register_parameter('bias', nn.Parameter(torch.zeros(channels)) if affine else None)
        self.register_buffer('mean', torch.zeros(channels))
        self.register_buffer('variance', torch.ones(channels))
        #: (rows, mean, unbiased variance) of each call since they were last taken
        self.calls = []

    def forward(self, x):
        if not self.training:
            return F.batch_norm(x, self.mean, self.variance, self.gain, self.bias, eps=self.epsilon)
        if ranks.size() > 1 or x.numel() == x.shape[1]:
            return self._composed(x)
        mean, variance = torch.zeros_like(self.mean), torch.zeros_like(self.variance)
        # A momentum of 1 leaves the batch's own statistics.
        made = F.batch_norm(x, mean, variance, self.gain, self.bias, training=True, momentum=1, eps=self.epsilon)
        self.calls.append((x.shape[0], mean, variance))
        return made

    def _composed(self, x):
        """Of all ranks' rows; also of a single number, whose variance the library refuses."""
        axes = [axis for axis in range(x.dim()) if axis != 1]
        wide = (slice(None), *[None] * (x.dim() - 2))
        own = x.mean(axes)
        spread = (x - own[wide]).square().mean(axes)
        means, spreads = ranks.gathered(torch.stack([own, spread])).unbind(1)
        mean = means.mean(0)
        variance = (spreads + (means - mean).square()).mean(0)
        with torch.no_grad():
            count = ranks.size() * x.numel() / x.shape[1]
            self.calls.append((x.shape[0], mean.detach(), variance.detach() * (count / max(count - 1, 1))))
        scale = torch.rsqrt(variance + self.epsilon)
        if self.gain is None:
            return (x - mean[wide]) * scale[wide]
        return (x - mean[wide]) * (scale * self.gain)[wide] + self.bias[wide]

    def taken(self):
        """Mean and variance over the calls, by their rows; None where there was none. Forgets the calls."""
        calls, self.calls = self.calls, []
        if not calls:
            return None
        rows = sum(count for count, _, _ in calls)
        return [sum(call[i] * (call[0] / rows) for call in calls) for i in (1, 2)]


@dataclass(frozen=True)
class Taken:
    """What an update's function gives: its losses and gradients, nothing applied yet."""

    objective: torch.Tensor
    gradients: tuple
    losses: dict = field(default_factory=dict)
    #: of batch norms, by running buffer
    statistics: dict = field(default_factory=dict)
    #: next values of other buffers
    moved: dict = field(default_factory=dict)
    #: a truth value: whether to apply it
    when: Optional[Any] = None
    #: of a part: means over its rows that something is settled by when all parts are done
    means: tuple = ()


def mean_of(parts):
    """What an update gives for a minibatch, from what it gives for each of its parts: means. One part's is held at a time."""
    parts = iter(parts)
    first = next(parts)
    count, sums = 1, None
    for part in parts:
        with torch.no_grad():
            sums = _tensors(first) if sums is None else sums
            sums = [total + value for total, value in zip(sums, _tensors(part))]
        count += 1
    if sums is None:
        return first
    means = iter([total / count for total in sums])
    return Taken(
        objective=next(means),
        gradients=tuple(next(means) for _ in first.gradients),
        losses={name: next(means) for name in first.losses},
        statistics={name: next(means) for name in first.statistics},
        moved={name: next(means) for name in first.moved},
        # A `when` that reads rows is settled by means.
        when=first.when,
        means=tuple(next(means) for _ in first.means),
    )


def means_of(parts, **place):
    """The means over parts of a minibatch, and over processes, of the numbers that each part gives, as tensors of this kind."""
    sums, count = None, 0
    for values in parts:
        own = [torch.as_tensor(value, **place).detach() for value in values]
        sums = own if sums is None else [total + value for total, value in zip(sums, own)]
        count += 1
    return tuple(ranks.mean_of_all([total / count for total in sums]))


def _tensors(taken):
    every = [
        taken.objective, *taken.gradients, *taken.losses.values(), *taken.statistics.values(), *taken.moved.values(),
        *taken.means,
    ]
    return [torch.as_tensor(value).detach() for value in every]


@dataclass(frozen=True)
class Update:
    """How an update is applied. Numbers of the schedule are given by name."""

    taken: Callable
    networks: tuple = ()
    #: (weight, gradient, *slots[, factor], *scalars) -> (weight, *slots); a state is moved by none
    rule: Optional[Callable] = None
    slots: tuple = ()
    #: the optimizer whose moments it moves, with other updates; None: its own
    moments: Optional[str] = None
    scalars: tuple = ()
    #: weights that weight decay does not touch, and their rule
    spared: tuple = ()
    spare_rule: Optional[Callable] = None
    spare_scalars: tuple = ()
    clip_gradients: Any = None
    clip_norm: Any = None
    statistics: bool = False
    #: values that its function is given, which a Shared before it has computed
    shared: tuple = ()
    #: where a minibatch is computed in parts: passes over all of them before its own, each gives what numbers of the whole
    #: minibatch are means of, by those that the passes before it found
    rounds: tuple = ()
    #: where a minibatch is computed in parts: means over all rows -> fields of Taken that follow from them
    settled: Optional[Callable] = None


@dataclass(frozen=True)
class Average:
    """An exponential moving average of a network's weights and running statistics."""

    network: str
    decay: Any


@dataclass(frozen=True)
class Shared:
    """Values that updates of a step read, by name: a GAN's fakes."""

    values: Callable
    #: rounds of a `repeat ... fresh: false` after the first read what it computed
    kept: bool = False
