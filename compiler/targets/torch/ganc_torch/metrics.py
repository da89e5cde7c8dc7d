"""Metrics over all rows of a set: those that a program computes by itself. Rows of numbers in, one number out."""

import math


def classes(values):
    """Class numbers, of scores [N, K] or of numbers [N]; of equal scores the first."""
    return (values.argmax(1) if values.dim() > 1 else values).long()


def _steps(values):
    """[N, K, T] as rows [N * T, K]."""
    return values.transpose(1, 2).flatten(0, 1) if values.dim() == 3 else values


def accuracy(guess, label):
    """The share of rows (of a sequence: steps) whose class is guessed right."""
    if not guess.isfinite().all():
        return math.nan
    return (classes(_steps(guess)) == classes(_steps(label))).double().mean().item()


def matched_accuracy(guess, label):
    """Accuracy of unnamed categories after the best one-to-one matching with the labels."""
    if not guess.isfinite().all():
        return math.nan
    found, wanted = classes(guess), classes(label)
    n = 1 + int(max(found.max(), wanted.max()))
    together = (found * n + wanted).bincount(minlength=n * n).reshape(n, n).tolist()
    match = best_assignment(together)
    return sum(together[row][column] for row, column in enumerate(match)) / len(found)


def best_assignment(gain):
    """For each row of a square matrix its column, so that the sum is largest (Kuhn 1955, shortest augmenting paths)."""
    n = len(gain)
    row_of, rows, columns = [0] * (n + 1), [0.0] * (n + 1), [0.0] * (n + 1)
    for first in range(1, n + 1):
        row_of[0] = first
        slack, came_from, reached = [math.inf] * (n + 1), [0] * (n + 1), [False] * (n + 1)
        column = 0
        while row_of[column] != 0:
            reached[column] = True
            row, following = row_of[column], 0
            for j in range(1, n + 1):
                if reached[j]:
                    continue
                cost = -gain[row - 1][j - 1] - rows[row] - columns[j]
                if cost < slack[j]:
                    slack[j], came_from[j] = cost, column
                if following == 0 or slack[j] < slack[following]:
                    following = j
            step = slack[following]
            for j in range(n + 1):
                if reached[j]:
                    rows[row_of[j]] += step
                    columns[j] -= step
                else:
                    slack[j] -= step
            column = following
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    match = [0] * n
    for column in range(1, n + 1):
        match[row_of[column] - 1] = column - 1
    return match


def mean(value):
    """The mean over rows."""
    return value.double().mean().item()


#: Those whose results are written, and which way they improve; the others need `ganc` (docs/torch.md).
known = {'accuracy': (accuracy, 'higher'), 'matched_accuracy': (matched_accuracy, 'higher'), 'mean': (mean, 'neither')}
