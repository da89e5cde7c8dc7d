"""What programs compute with beside PyTorch's own functions: where it lacks one, where its derivative is another than the
language says, and where the ranks of a run have to agree.

`configure` says on which device and in which type constants are made.
"""

import math

import torch
import torch.nn.functional as F

from . import ranks
from .errors import Refused

_place = {'device': torch.device('cpu'), 'dtype': torch.float32}


def configure(device, dtype):
    """Constants are made on this device and in this type from now on."""
    _place.update(device=torch.device(device), dtype=dtype)


# ---------------------------------------------------------------- constants


def constant(values):
    """Fixed numbers as a tensor; a single one stays on the host, where every device takes it from."""
    if isinstance(values, list):
        return torch.tensor(values, **_place)
    if isinstance(values, torch.Tensor):
        return values
    return torch.tensor(float(values), dtype=_place['dtype'])


def full(shape, value):
    """A number everywhere; `value` may be a tensor of rank 0."""
    if isinstance(value, torch.Tensor):
        return value.expand(shape)
    return torch.full(shape, float(value), **_place)


def iota(n):
    """0, 1, ..., n - 1."""
    return torch.arange(n, **_place)


def number(x):
    """Truth values and whole numbers as numbers of the program's type."""
    return x.to(_place['dtype'])


def one_hot(classes, k):
    """Classes [N] to [N, k]: 1 at the class, else 0."""
    return number(classes[:, None] == iota(k))


# ---------------------------------------------------------------- calls of networks


def at_once(network, *calls):
    """What a network gives for the arguments of several calls, whose rows it reads side by side: of a network in which rows know
    nothing of each other this is the same, in half the kernels. Numbers are the same in all calls.
    """
    rows = [next(len(x) for x in call if _has_rows(x)) for call in calls]
    side_by_side = [torch.cat(given) if _has_rows(given[0]) else given[0] for given in zip(*calls)]
    return network(*side_by_side).split(rows)


def _has_rows(x):
    return isinstance(x, torch.Tensor) and x.dim() > 0


# ---------------------------------------------------------------- functions with a gradient of their own


def sqrt(x):
    """Square root, with gradient 0 at 0."""
    zero = x == 0
    return torch.where(zero, 0.0, torch.sqrt(torch.where(zero, 1.0, x)))


def power(a, b):
    """a to the b; no derivative by b where a is not positive, and none by a where b is 0."""
    return _Power.apply(a, b)


class _Power(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return torch.pow(a, b)

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        slope = torch.where(b == 0, 0.0, b * power(a, b - 1))
        positive = a > 0
        logarithm = torch.where(positive, torch.log(torch.where(positive, a, 1.0)), 0.0)
        of_b = torch.where(positive, power(a, b) * logarithm, 0.0)
        return (g * slope).sum_to_size(a.shape), (g * of_b).sum_to_size(b.shape)


def reversed_gradient(x, k):
    """x; the gradient flows back times -k (Ganin and Lempitsky 2015)."""
    return _Reversed.apply(x, k)


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.k = k
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -ctx.k * g, None


# ---------------------------------------------------------------- shapes


def spread(x, axis, gap):
    """Zeros between the elements of an axis, `gap` of them each time."""
    apart = F.pad(x.unsqueeze(axis + 1), [0, 0] * (x.dim() - axis - 1) + [0, gap])
    return apart.flatten(axis, axis + 1).narrow(axis, 0, x.shape[axis] * (gap + 1) - gap)


def fitted(x, start, size):
    """Of the last axes `size` elements from `start` on, zeros where there are none."""
    first = x.dim() - len(size)
    for axis, (low, n) in enumerate(zip(start, size), first):
        lack = low + n - x.shape[axis]
        if lack > 0:
            x = F.pad(x, [0, 0] * (x.dim() - axis - 1) + [0, lack])
        x = x.narrow(axis, low, n)
    return x


def scan(state, sequences, step, columns=None):
    """The states after each step of a recurrence over the first axis of the sequences; of each, the first columns."""
    states = []
    for slices in zip(*(sequence.unbind(0) for sequence in sequences)):
        state = step(state, *slices)
        states.append(state if columns is None else state[:, :columns])
    return torch.stack(states)


# ---------------------------------------------------------------- derivatives


def trained(*networks):
    """The weights of these networks, which alone take gradients from now on; those of all others are constants."""
    for other in networks[0].every:
        for weight in other.own_weights:
            weight.requires_grad_(other in networks)
    return [weight for network in networks for weight in network.own_weights]


def tracked(x):
    """x, as something that a derivative can be taken by."""
    return x if x.requires_grad else x.detach().requires_grad_()


def gradient(y, x):
    """The derivative of the number y by x, which can be differentiated again."""
    return torch.autograd.grad(y, x, create_graph=True)[0]


def batch_statistics(*networks):
    """Mean and variance of the batch by running buffer, averaged over the calls since the last update, by their rows."""
    return {name: value for network in networks for name, value in network.batch_statistics()}


# ---------------------------------------------------------------- ranks


def mean_of_ranks(x):
    """The mean over all rows of a batch, from the mean over this rank's."""
    return ranks.mean(x)


def of_ranks(rows):
    """How many rows all ranks have, from how many this one has."""
    return rows * ranks.size()


def rows_of_ranks(x):
    """The rows of all ranks, one below the other, from this rank's."""
    return ranks.gathered(x).flatten(0, 1)


def packed(x, *shape):
    """Consecutive rows as one, of this shape."""
    if x.numel() % math.prod(shape):
        raise Refused(f'{ranks.size()} processes would cut packs of rows: take a batch that packs and processes divide')
    return x.reshape(-1, *shape)


def sum_of_ranks(x):
    """The sum over all rows of a batch, from the sum over this rank's."""
    return ranks.mean(x) * ranks.size()
