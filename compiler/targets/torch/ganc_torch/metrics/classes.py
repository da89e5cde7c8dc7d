"""How often classes are guessed right: `accuracy`, and `matched_accuracy` of categories that have no names."""

import math

from .assignment import best_assignment
from .metric import Metric, class_numbers, common_rows, common_steps, steps_as_rows


def agreement(guess, label):
    """The share of places where two lists of classes agree."""
    return (guess == label).double().mean().item()


def accuracy(guess, label):
    """The share of rows (where classes are of steps: of steps) whose class is guessed right."""
    common_rows(guess=guess, label=label)
    if guess.of_steps or label.of_steps:
        common_steps(guess=guess, label=label)
        return accuracy(steps_as_rows(guess), steps_as_rows(label))
    return agreement(class_numbers(guess), class_numbers(label)) if guess.finite else math.nan


def matched_accuracy(guess, label):
    """Accuracy of unnamed categories after the best one-to-one matching with the labels (Chen et al. 2016, section 7.2)."""
    rows = common_rows(guess=guess, label=label)
    if not guess.finite:
        return math.nan
    found, wanted = class_numbers(guess), class_numbers(label)
    n = 1 + int(max(found.max(), wanted.max()))
    together = (found * n + wanted).bincount(minlength=n * n).reshape(n, n).tolist()
    match = best_assignment(together)
    return sum(together[row][column] for row, column in enumerate(match)) / rows


metrics = {
    'accuracy': Metric(accuracy, 1, any_length=True),
    'matched_accuracy': Metric(matched_accuracy, 1),
}
