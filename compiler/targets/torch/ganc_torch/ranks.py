"""The processes that share a run. Each has the rows rank * B/N ... of a batch of B; what their numbers are together is made
here, by torch.distributed. With one process all of it is the identity.
"""

import torch
import torch.distributed as dist


def size():
    """How many processes there are."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def index():
    """Which of them this one is, from 0."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


class _Mean(torch.autograd.Function):
    """The mean over ranks. Its adjoint is itself, so it can be differentiated again and again."""

    @staticmethod
    def forward(ctx, x):
        made = x.contiguous().clone()
        dist.all_reduce(made)
        return made / size()

    @staticmethod
    def backward(ctx, g):
        return _Mean.apply(g)


class _Gathered(torch.autograd.Function):
    """x of every rank, one below the other; backward the mean over ranks of what comes for this one's, times their number."""

    @staticmethod
    def forward(ctx, x):
        parts = [torch.empty_like(x) for _ in range(size())]
        dist.all_gather(parts, x.contiguous())
        return torch.stack(parts)

    @staticmethod
    def backward(ctx, g):
        return _Mean.apply(g)[index()] * size()


def mean(x):
    """The mean over ranks, differentiable."""
    return x if size() == 1 else _Mean.apply(x)


def gathered(x):
    """[ranks, ...], differentiable."""
    return x[None] if size() == 1 else _Gathered.apply(x)


def mean_of_all(tensors):
    """The means over ranks of several tensors, by one collective."""
    if size() == 1 or not tensors:
        return list(tensors)
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    dist.all_reduce(flat)
    flat /= size()
    parts = flat.split([tensor.numel() for tensor in tensors])
    return [part.view_as(tensor) for part, tensor in zip(parts, tensors)]
