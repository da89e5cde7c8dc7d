"""A program on one device: steps and reports of the manifest's graphs, given what the host feeds them."""

from dataclasses import replace
from types import SimpleNamespace

import torch

from . import ops, optimizers, ranks
from .flat import write
from .parts import Average, Shared, mean_of, means_of
from .state import State


class Program(State):
    """The program in `folder`; its state is drawn or read by `begin`."""

    def __init__(self, folder, device='cpu'):
        super().__init__(folder, device)
        #: how many parts a minibatch is computed in, one after another
        self.parts = self.manifest.get('accumulate', {}).get('parts', 1)
        #: of the step under way, by name: a value, and the batch norms' calls that it took
        self.shared = {}
        #: by function, what it gave in the first round of a `repeat ... fresh: false`
        self.kept = {}

    # ------------------------------------------------------------ what functions are given

    def arguments(self, feeds):
        """Feeds by name as the arguments batch, draws, at, given of the program's functions."""
        trees = {name: SimpleNamespace() for name in ('batch', 'draws', 'at', 'given')}
        for name, value in feeds.items():
            place = self.code.INPUTS.get(name)
            if place is None:
                continue
            at = trees[place[0]]
            for part in place[1:-1]:
                if not hasattr(at, part):
                    setattr(at, part, SimpleNamespace())
                at = getattr(at, part)
            setattr(at, place[-1], value)
        return trees

    # ------------------------------------------------------------ steps

    def step(self, graph, feeds, again=False):
        """Runs a step graph: numbers by output. Ends before an update whose loss is not finite is applied. `again`: a round
        of a `repeat ... fresh: false` after the first, fed the same minibatches and draws.
        """
        ops.configure(self.device, self.dtype)
        cut = self.cut(feeds)
        at = cut[0]['at']
        self.train()
        results = {}
        for statement in self.code.STEPS[graph]:
            if isinstance(statement, Average):
                self.average(statement, at)
                continue
            if isinstance(statement, Shared):
                self.share(statement, cut[0], again)
                continue
            taken = {name: self.mean_taken(name, cut) for name in statement}
            made = {name: self._numbers(one) for name, one in taken.items()}
            results.update(made)
            if not all(_finite(one) for one in made.values()):
                break
            if len(taken) > 1:
                # A state that another one is set to must not move under it.
                for one in taken.values():
                    one.moved.update({key: value.clone() for key, value in one.moved.items()})
            for name, one in taken.items():
                if made[name]['applied']:
                    self.apply(name, one, at)
        self.shared = {}
        return self._outputs(graph, results)

    def train(self):
        """As an update computes; to tell all parts takes longer than to ask."""
        if not self.networks.training:
            self.networks.train()

    def cut(self, feeds):
        """The arguments of functions for each part of a minibatch, whose feeds hold the rows of all parts."""
        return [self.arguments({name: self._part(name, value, i) for name, value in feeds.items()}) for i in range(self.parts)]

    def _part(self, name, value, i):
        blocks = 1 if name.startswith('field:') else self.manifest.get('blocks', {}).get(name)
        if self.parts == 1 or blocks is None:
            return value
        return torch.cat([block.chunk(self.parts)[i] for block in value.chunk(blocks)])

    def mean_taken(self, name, cut):
        """Losses and gradients of an update at the weights as they are: means over the parts, of which one is in memory."""
        whole = self.whole(name, cut)
        taken = mean_of(self.taken(name, given, whole) for given in cut)
        settled = self.code.UPDATES[name].settled
        if settled is None:
            return taken
        return replace(taken, **settled(self.networks, cut[0]['draws'], cut[0]['at'], *taken.means))

    def whole(self, name, cut):
        """Numbers of the whole minibatch that each part of an update needs, from passes over all parts before its own."""
        found = ()
        for values in self.code.UPDATES[name].rounds:
            self._forget_statistics()
            parts = (values(self.networks, given['batch'], given['draws'], given['at'], *found) for given in cut)
            found += means_of(parts, device=self.device, dtype=self.dtype)
        return found

    def taken(self, name, given, whole=()):
        """Losses and gradients of an update for a part of a minibatch; `whole`: numbers of all parts."""
        update = self.code.UPDATES[name]
        self._forget_statistics()
        found = [self.shared[key] for key in update.shared]
        # Calls of batch norms count as its own where it reads what they gave.
        for part, calls in [norm for norms in {id(norms): norms for _, norms in found}.values() for norm in norms]:
            part.calls = part.calls + calls
        shared = [value for value, _ in found]
        return update.taken(self.networks, given['batch'], given['draws'], given['at'], *shared, *whole)

    def keeps(self, graph):
        """Whether rounds of the step after the first read what that one kept."""
        return any(isinstance(statement, Shared) and statement.kept for statement in self.code.STEPS[graph])

    def share(self, statement, given, again=False):
        """Computes what updates of the step share; of what is kept, later rounds have what the first computed."""
        if statement.kept and again:
            self.shared.update(self.kept[statement.values])
            return
        self._forget_statistics()
        values = statement.values(self.networks, given['batch'], given['draws'], given['at'])
        norms = [(part, part.calls) for part in self.norms if part.calls]
        found = {key: (value, norms) for key, value in values.items()}
        self.shared.update(found)
        if statement.kept:
            self.kept[statement.values] = found

    def _forget_statistics(self):
        for part in self.norms:
            part.calls = []

    def _numbers(self, taken):
        values = [taken.objective, *taken.losses.values()]
        means = ranks.mean_of_all([torch.as_tensor(value).detach() for value in values])
        objective, *losses = [float(value) for value in means]
        return {
            'objective': objective,
            'losses': dict(zip(taken.losses, losses)),
            'applied': taken.when is None or bool(taken.when),
        }

    def _outputs(self, graph, results):
        numbers = {}
        for output in self.manifest['graphs'][graph]['outputs']:
            to = output['to']
            of = results.get(to.get('update'))
            if of is None:
                continue
            if to['kind'] == 'loss':
                numbers[output['name']] = of['losses'][to['loss']]
            elif to['kind'] == 'objective':
                numbers[output['name']] = of['objective']
            elif to['kind'] == 'applied':
                numbers[output['name']] = float(of['applied'])
        return numbers

    @torch.no_grad()
    def apply(self, name, taken, at, keep=None):
        """Applies an update; `keep`: a truth value on the card, where the host doesn't decide."""
        if self.sides[name].given:
            optimizers.move(self.code.UPDATES[name], self.sides[name], taken.gradients, at, keep)
        for buffer, batch in taken.statistics.items():
            write(self.state[buffer], self.state[buffer] * 0.9 + batch * 0.1, keep)
        for buffer, value in taken.moved.items():
            write(self.state[buffer], value, keep)

    @torch.no_grad()
    def average(self, average, at, keep=None):
        """An exponential moving average after one more value."""
        decay = getattr(at, average.decay) if isinstance(average.decay, str) else average.decay
        inside = f'{average.network}.average.'
        for name, tensor in self.state.items():
            if name.startswith(inside):
                current = self.state[f'{average.network}.{name[len(inside):]}']
                write(tensor, current + decay * (tensor - current), keep)

    # ------------------------------------------------------------ reports

    def report(self, graph, feeds, names, replaced=None):
        """Outputs of a report's graph on the state, with `replaced` in the place of some of its tensors."""
        ops.configure(self.device, self.dtype)
        recalibrates = all(output['to']['kind'] == 'state' for output in self.manifest['graphs'][graph]['outputs'])
        given = self.arguments(feeds)
        kept = self.read(replaced) if replaced else {}
        self.load(replaced or {})
        self.networks.train(recalibrates)
        self._forget_statistics()
        try:
            outputs = self.code.REPORTS[graph](self.networks, given['batch'], given['draws'], given['at'], given['given'])
        finally:
            self.load(kept)
        return {name: outputs[name].detach() for name in names}


def _finite(numbers):
    values = torch.tensor([numbers['objective'], *numbers['losses'].values()])
    return bool(values.isfinite().all())
