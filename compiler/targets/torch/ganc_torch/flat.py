"""Weights side by side in one piece of memory. An optimizer's rule is the same for every number, so it runs over all of an
update's weights at once: some operations in the place of some for each weight. On a processor it goes through them in parts
that stay in its cache, whatever the rule makes on the way.
"""

import math

import torch

#: Tensors begin at multiples of 64 bytes, as kernels want it; what lies between them stays 0.
_step = 16
#: Numbers that a processor takes at once.
_part = 1 << 16


class Flat:
    """One piece of memory for tensors of these shapes, by name."""

    def __init__(self, shapes, like):
        self.places, end = {}, 0
        for name, shape in shapes.items():
            self.places[name] = (end, math.prod(shape), shape)
            end += -(-math.prod(shape) // _step) * _step
        self.memory = torch.zeros(end, device=like.device, dtype=like.dtype)

    def view(self, name):
        """The tensor of that name, in its place."""
        start, size, shape = self.places[name]
        return self.memory[start : start + size].view(shape)

    def span(self, name):
        """Where its room begins and ends."""
        start, size, _ = self.places[name]
        return start, start + -(-size // _step) * _step


class Side:
    """What an update keeps of its weights: room for their gradients. `names`: in the order of its gradients; `weights`: a
    Flat that holds them; `slots`: of what its optimizer remembers, by name, Flats of these weights and of those that other
    updates of the same optimizer move.
    """

    def __init__(self, update, names, weights, slots):
        ordered = [name for name in weights.places if name in set(names)]
        shapes = {name: weights.places[name][2] for name in ordered}
        self.weights, self.gradient = weights, Flat(shapes, weights.memory)
        self.slots = slots
        kept = next(iter(slots.values()), self.gradient)
        self.given = [self.gradient.view(name) for name in names]
        #: each: whether weight decay spares them, where they begin among all weights, here and in slots, how many numbers
        self.spans = []
        for name in ordered:
            spared = name in update.spared
            (there, end), (here, _), (slot, _) = weights.span(name), self.gradient.span(name), kept.span(name)
            last = self.spans[-1] if self.spans else None
            if last and last[0] == spared and last[1] + last[4] == there and last[3] + last[4] == slot:
                last[4] += end - there
            else:
                self.spans.append([spared, there, here, slot, end - there])

    def take(self, gradients):
        """Lays the gradients side by side."""
        torch._foreach_copy_(self.given, [gradient.detach() for gradient in gradients])

    def move(self, rule_of, factor, keep):
        """Applies the rule: `rule_of(spared)` gives it with its numbers; `keep`: a truth value on the card, or None."""
        at_once = None if self.gradient.memory.is_cuda else _part
        for spared, there, here, slot, size in self.spans:
            rule, scalars = rule_of(spared)
            for start in range(0, size, at_once or size):
                length = min(at_once or size, size - start)
                own = [flat.memory.narrow(0, slot + start, length) for flat in self.slots.values()]
                tensors = [self.weights.memory.narrow(0, there + start, length), *own]
                gradient = self.gradient.memory.narrow(0, here + start, length)
                made = rule(tensors[0], gradient, *own, *factor, *scalars)
                for tensor, value in zip(tensors, made if isinstance(made, tuple) else (made,)):
                    write(tensor, value, keep)


def write(tensor, value, keep):
    """A tensor's next value; where `keep` (None: sure) does not hold, it stays."""
    tensor.copy_(value if keep is None else torch.where(keep, value, tensor))
