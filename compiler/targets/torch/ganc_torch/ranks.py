"""The processes that share a run. Each has the rows rank * B/N ... of a batch of B; what their numbers are together is made
here, by torch.distributed. With one process all of it is the identity.
"""

import contextlib
import hashlib
from datetime import timedelta

import torch
import torch.distributed as dist

from .beats import Beats
from .errors import Lost
from .files import bytes_of

#: A rank that is this late in the middle of an iteration is lost; beats, which name it, are quicker.
late = timedelta(seconds=60)

_alone = False
#: Processes on the host, for what is agreed between blocks: rank 0 may take an hour over its report.
_control = None
#: None with one process.
_beats = None


def join(backend):
    """Joins the ranks that torchrun started, on `nccl` or `gloo`."""
    global _control, _beats
    dist.init_process_group(backend, timeout=late)
    _control = dist.new_group(backend='gloo', timeout=timedelta(days=7))
    _beats = Beats(index(), size())


def watched(lost):
    """From now on a rank that is lost is told of: `lost` gets a sentence, on a thread of its own."""
    if _beats is not None:
        _beats.start(lost)


def unwatched():
    """This rank has ended; the others don't wait for its beats."""
    if _beats is not None:
        _beats.end()


def culprit():
    """Who broke a collective, in words: a rank that is gone, else this one."""
    return (_beats.culprit() if _beats is not None else None) or f'rank {index()} failed'


@contextlib.contextmanager
def busy():
    """Inside, this process does what the others wait for as long as it takes."""
    if _beats is not None:
        _beats.busy = True
    try:
        yield
    finally:
        if _beats is not None:
            _beats.busy = False


@contextlib.contextmanager
def alone():
    """Inside, this process computes by itself: reports are rank 0's."""
    global _alone
    before, _alone = _alone, True
    try:
        with busy():
            yield
    finally:
        _alone = before


def _together(collective, *given, **more):
    """Every collective goes this way, so that beats know who has come to which."""
    if _beats is not None:
        _beats.begun += 1
    return collective(*given, **more)


def size():
    """How many processes there are."""
    if _alone:
        return 1
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def index():
    """Which of them this one is, from 0."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


class _Mean(torch.autograd.Function):
    """The mean over ranks. Its adjoint is itself, so it can be differentiated again and again."""

    @staticmethod
    def forward(ctx, x):
        made = x.contiguous().clone()
        _together(dist.all_reduce, made)
        return made / size()

    @staticmethod
    def backward(ctx, g):
        return _Mean.apply(g)


class _Gathered(torch.autograd.Function):
    """x of every rank, one below the other; backward the mean over ranks of what comes for this one's, times their number."""

    @staticmethod
    def forward(ctx, x):
        parts = [torch.empty_like(x) for _ in range(size())]
        _together(dist.all_gather, parts, x.contiguous())
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
    _together(dist.all_reduce, flat)
    flat /= size()
    parts = flat.split([tensor.numel() for tensor in tensors])
    return [part.view_as(tensor) for part, tensor in zip(parts, tensors)]


def mean_in_place(x):
    """Makes x its mean over ranks."""
    if size() > 1:
        _together(dist.all_reduce, x)
        x /= size()


def greatest(numbers):
    """Of each of these numbers the largest on any rank: what one rank wants, all of them do."""
    if size() == 1:
        return list(numbers)
    together = torch.tensor([float(number) for number in numbers], dtype=torch.float64)
    _together(dist.all_reduce, together, op=dist.ReduceOp.MAX, group=_control)
    return together.tolist()


def alike(state, iteration):
    """Raises Lost if the ranks' tensors differ in a bit."""
    if size() == 1:
        return
    digest = hashlib.sha256()
    for tensor in state.values():
        digest.update(bytes_of(tensor))
    # As a tensor: collectives of objects want NumPy, which PyTorch comes without.
    own = torch.tensor(list(digest.digest()), dtype=torch.uint8)
    found = [torch.empty_like(own) for _ in range(size())]
    _together(dist.all_gather, found, own, group=_control)
    odd = [str(rank) for rank, one in enumerate(found) if not torch.equal(one, found[0])]
    if odd:
        raise Lost(f"after iteration {iteration} the weights of rank {', '.join(odd)} are not those of rank 0")
