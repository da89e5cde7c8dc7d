"""`mean`, which a metric is unless it says another, and `std`: moments of all numbers of all rows."""

import math

from .metric import Metric


class Sum:
    """Keeps the sum of all numbers and how many they are."""

    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, rows):
        self.total += rows.double().sum().item()
        self.count += rows.numel()

    def taken(self):
        return self


class Spread:
    """Keeps mean and sum of squares round it: a chunk's are taken round its own mean, then joined."""

    def __init__(self):
        self.count, self.middle, self.squares = 0, 0.0, 0.0

    def add(self, rows):
        if rows.numel() == 0:
            return
        numbers, count = rows.double(), rows.numel()
        mean = numbers.mean().item()
        total = self.count + count
        self.squares += (numbers - mean).square().sum().item() + self.count * count * (mean - self.middle) ** 2 / total
        self.middle += (mean - self.middle) * count / total
        self.count = total

    def taken(self):
        return self


def mean(value):
    """The mean of all numbers."""
    return value.total / value.count if value.count else math.nan


def std(value):
    """The standard deviation of all numbers; near 0 for a generator that makes one thing."""
    return 0.0 if value.count < 2 else math.sqrt(value.squares / value.count)


metrics = {
    'mean': Metric(mean, 0, {'value': Sum}),
    'std': Metric(std, 0, {'value': Spread}),
}
