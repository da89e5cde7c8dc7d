"""How an update moves its weights, by the gradients of all ranks: clipped, then by a rule that is written out, or by one
kernel over all weights where PyTorch has one (torch.optim.Adam(fused=True) calls the same): the moments of a weight are read
and written once, where the operations of a rule go over them a dozen times. Rates and counts are the schedule's: numbers, or
names of what the host feeds.
"""
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from . import ranks


class Kernel:
    """What moves all weights of a Side at once."""

    def move(self, side, number, keep):
        """Moves the weights of a Side. `number`: the value of a name; `keep`: a truth value on the card, None: surely."""
        memory = side.weights.memory
        skipped = None if keep is None else (~keep).float()
        for spared in (False, True):
            spans = [span for span in side.spans if span[0] == spared]
            if not spans:
                continue
            weights = [memory.narrow(0, there, size) for _, there, _, _, size in spans]
            gradients = [side.gradient.memory.narrow(0, here, size) for _, _, here, _, size in spans]
            moments = [
                [flat.memory.narrow(0, slot, size) for _, _, _, slot, size in spans] for flat in side.slots.values()
            ]
            decay = 0.0 if spared else self.weight_decay
            self.call(weights, gradients, moments, number, lr=number(self.rate), weight_decay=decay, found_inf=skipped)


@dataclass(frozen=True)
class SGD(Kernel):
    """Gradient descent; momentum as in Sutskever et al. 2013 (PMLR 28): v = momentum v + g, without dampening."""

    rate: Any
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    @property
    def slots(self):
        return ('momentum',) if self.momentum else ()

    def call(self, weights, gradients, moments, _number, **common):
        velocities = moments[0] if moments else []
        torch._fused_sgd_(
            *(weights, gradients, velocities),
            momentum=self.momentum, nesterov=self.nesterov, dampening=0.0, maximize=False, is_first_step=False, **common,
        )


@dataclass(frozen=True)
class Adam(Kernel):
    """Kingma & Ba 2014, arXiv:1412.6980; epsilon stands beside the corrected root, as in the language."""

    rate: Any
    #: how many steps it has made, this one included
    steps: Any
    betas: tuple
    epsilon: float
    weight_decay: float = 0.0
    slots: ClassVar[tuple] = ('mean', 'square')
    kernel: ClassVar[Any] = torch._fused_adam_

    def call(self, weights, gradients, moments, number, **common):
        steps = torch.as_tensor(number(self.steps), dtype=torch.float32, device=weights[0].device)
        means, squares = moments
        type(self).kernel(
            *(weights, gradients, means, squares, [], [steps] * len(weights)),
            beta1=self.betas[0], beta2=self.betas[1], eps=self.epsilon, amsgrad=False, maximize=False, **common,
        )


@dataclass(frozen=True)
class AdamW(Adam):
    """With decoupled weight decay: Loshchilov & Hutter 2017, arXiv:1711.05101."""

    kernel: ClassVar[Any] = torch._fused_adamw_


def move(update, side, gradients, at, keep):
    """Applies an update to its Side; `keep`: a truth value on the card, None: surely."""
    side.take(gradients)
    whole = side.gradient.memory
    ranks.mean_in_place(whole)
    number = lambda value: getattr(at, value) if isinstance(value, str) else value
    value, norm = number(update.clip_gradients), number(update.clip_norm)
    factor = [] if norm is None else [clip_factor(whole, value, norm)]
    if isinstance(update.rule, Kernel):
        if value is not None:
            whole.clamp_(-value, value)
        for one in factor:
            whole.mul_(one)
        update.rule.move(side, number, keep)
        return
    rules = {
        False: (update.rule, [number(one) for one in update.scalars]),
        True: (update.spare_rule, [number(one) for one in update.spare_scalars]),
    }
    side.move(rules.get, factor, keep)


def clip_factor(gradient, value, norm):
    """What gradients, cut to ± value, are multiplied by so that their common Euclidean norm is at most `norm`."""
    cut = gradient if value is None else gradient.clamp(-value, value)
    length = torch.sqrt(cut.square().sum())
    return torch.where(norm < length, norm / length, 1.0)
