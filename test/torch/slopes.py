"""How far the gradients that updates take are from central differences of their objectives, in float64: first as they are,
then with the second derivative of `gradient` dropped, as a detached slope would. Usage: slopes.py FOLDER...; prints
[[update, gradients as they are, gradients without it], ...] by program, each the largest difference over the largest slope.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch

folders = sys.argv[1:]
sys.path.insert(0, folders[0])

from ganc_torch import loop, ops, train, training, watch  # noqa: E402

sys.argv[1:] = []
device = train.place(train.options())
gradient, step = ops.gradient, 1e-5


def detached(y, x):
    return gradient(y, x).detach()


def objective(program, name, given):
    return float(program.taken(name, given).objective)


def differences(program, name, given):
    """Central differences and gradients of a few numbers of each weight."""
    taken, pairs = program.taken(name, given), []
    weights = [weight for network in program.code.UPDATES[name].networks for weight in getattr(program.networks, network).own_weights]
    for weight, slope in zip(weights, taken.gradients):
        numbers = weight.data.view(-1)
        for place in range(0, len(numbers), 1 + len(numbers) // 5):
            kept = numbers[place].item()
            numbers[place] = kept + step
            up = objective(program, name, given)
            numbers[place] = kept - step
            down = objective(program, name, given)
            numbers[place] = kept
            pairs.append(((up - down) / (2 * step), slope.reshape(-1)[place].item()))
    return max(abs(a - b) for a, b in pairs) / max(abs(a) for a, _ in pairs)


def of(folder):
    with tempfile.TemporaryDirectory() as place:
        given = train.options()
        given.out, given.steps = f'{place}/run', 1
        run = training.Training(Path(folder).resolve(), given, device, watch.Nobody())
        trainer, program = run.trainer, run.program
        program.networks.train()
        iteration, found = run.schedule.iteration_at(run.position), []
        for one in {one.graph: one for one in iteration.runs}.values():
            feeds = loop.Table(trainer, one.graph, [(0, one, iteration.time)]).feeds(trainer, 0, lambda update: 1)
            arguments = program.arguments(feeds)
            for name in one.updates:
                ops.gradient = gradient
                exact = differences(program, name, arguments)
                ops.gradient = detached
                found.append([name, exact, differences(program, name, arguments)])
        return found


print(json.dumps([of(folder) for folder in folders]))
