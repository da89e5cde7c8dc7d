"""What a metric is: values of its arguments, collected as their rows come, in; one number out."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Callable

import torch


class Unshown(Exception):
    """Values that a metric can't compare; the message is a sentence."""


@dataclass(frozen=True)
class Values:
    """All rows of a value."""

    #: [N, ...]
    data: torch.Tensor
    #: where rows have lengths of their own: how much of the last axis is each row's; the rest is 0
    lengths: list | None = None

    @property
    def rows(self):
        return self.data.shape[0]

    @property
    def width(self):
        """Numbers in a row."""
        return math.prod(self.data.shape[1:])

    @property
    def flat(self):
        """[N, width] in float64."""
        return self.data.double().reshape(self.rows, self.width)

    @property
    def finite(self):
        return bool(self.data.isfinite().all())

    @property
    def of_steps(self):
        """Whether it is a seq [N, C, T]: something for each step, not for each row."""
        return self.data.dim() == 3


class Whole:
    """Keeps rows as they are. Where their last axes differ they are filled up with zeros to the longest."""

    def __init__(self):
        self.parts = []

    def add(self, rows):
        self.parts.append(rows if rows.dim() else rows[None])

    def taken(self):
        ends = [part.shape[-1] for part in self.parts]
        if self.parts[0].dim() == 1 or len(set(ends)) == 1:
            return Values(torch.cat(self.parts))
        filled = [torch.nn.functional.pad(part, (0, max(ends) - part.shape[-1])) for part in self.parts]
        return Values(torch.cat(filled), [end for part, end in zip(self.parts, ends) for _ in range(len(part))])


@dataclass(frozen=True)
class Metric:
    #: of collected values and options, by their names; not a number where a value isn't; raises Unshown
    compute: Callable
    #: which way it improves: 1, -1, or 0 for neither
    sense: int
    #: collectors of arguments of which less than all rows is kept: 60,000 images would fill a machine's memory
    reduce: dict = field(default_factory=lambda: MappingProxyType({}))
    #: whether it takes rows of lengths of their own
    any_length: bool = False

    def collector(self, name):
        """What collects the rows of an argument."""
        return self.reduce.get(name, Whole)()

    def of(self, name, values, options):
        """Its value; `name`: its own, for what it says; `values`: what collectors have taken."""
        if not self.any_length:
            same_lengths(values, name)
        return float(self.compute(**values, **options))


def common_rows(**values):
    """Raises Unshown unless all have the same number of rows, at least one; says which they are."""
    counts = [value.rows for value in values.values()]
    if counts[0] == 0 or len(set(counts)) > 1:
        raise Unshown(f"{' and '.join(values)} have {' and '.join(map(str, counts))} rows")
    return counts[0]


def common_width(**values):
    """Raises Unshown unless rows have the same size."""
    first, second = (value.width for value in values.values())
    if first != second:
        raise Unshown(f"rows of {first} and {second} numbers can't be compared")
    return first


def common_steps(**values):
    """Raises Unshown unless both are seqs with as many steps, row by row."""
    steps = [value.data.shape[2] if value.of_steps else None for value in values.values()]
    first, second = (value.lengths for value in values.values())
    if steps[0] is None or steps[0] != steps[1] or first != second:
        told = ['no steps' if one is None else f'{one} steps' for one in steps]
        raise Unshown(f"{' and '.join(values)} have {' and '.join(told)}")


def same_lengths(values, name):
    """Raises Unshown where rows have lengths of their own; `name`: of the metric that can't compare them."""
    for param, value in values.items():
        if getattr(value, 'lengths', None) is not None:
            why = f'takes rows of one length, and those of {param} differ'
            raise Unshown(f'{name} {why}: take their mean over time, or segments of one length')


def steps_as_rows(values):
    """[N, C, T] as [N * T, C], all steps of a row one after another; of rows of lengths of their own only those steps."""
    turned = values.data.transpose(1, 2)
    if values.lengths is None:
        return Values(turned.flatten(0, 1))
    return Values(torch.cat([row[:length] for row, length in zip(turned, values.lengths)]))


def class_numbers(values):
    """[N] class numbers, of numbers or of a score for each class; of equal scores the first."""
    flat = values.flat
    return (flat[:, 0] + 0.5).floor().long() if values.width == 1 else flat.argmax(1)
