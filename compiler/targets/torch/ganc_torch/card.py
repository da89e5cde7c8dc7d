"""A program on a card: each step graph is captured once and replayed, and nothing is decided by the host.

An update is applied where its condition holds, every loss so far is finite and none before was not: `torch.where` of one
truth value on the card. A loss that is not finite stops all updates after it, so that the state stays as that update found
it; the host learns of it at the block's end, when losses come back. Counts of updates with a condition live on the card too,
with the numbers of the schedule that depend on them.

Without a card the same runs uncaptured (`captures=False`), which tests compare with the host's own way.
"""

import torch

from . import host, ops, ranks
from .parts import Average, Shared


class Card:
    """Steps of a program without a word from the host. `counts`: how often each update was applied, tensors of rank 0."""

    def __init__(self, program, applied, captures):
        self.program, self.captures = program, captures and ranks.size() == 1
        place = {'device': program.device, 'dtype': torch.float64}
        names = [update['name'] for update in program.manifest['updates']]
        self.counts = {name: torch.tensor(float(applied.get(name, 0)), **place) for name in names}
        self.stopped = torch.zeros((), dtype=torch.bool, device=program.device)
        self.conditional = {update['name'] for update in program.manifest['updates'] if update['conditional']}
        self.graphs, self.pool = {}, None

    def depends(self, entry):
        """Whether a number of the schedule depends on what only the card knows."""
        origin = entry['from']
        return origin['kind'] == 'scalar' and bool(host.counts_of(origin['value']) & self.conditional)

    def run(self, graph, feeds, time, again=False):
        """A step: its numbers as one tensor, in the order of `names`. What is fed is the caller's again afterwards.
        `again`: a round after the first, which reads what that one kept where its own capture has it.
        """
        if not self.captures:
            return self._step(graph, feeds, time, again)
        # Rounds that read nothing of the first are captured as it is.
        again = again and self.program.keeps(graph)
        # Time enters through the feeds; a number that depends on both would be captured with one moment's.
        known = self.graphs.get((graph, again)) or self._capture(graph, feeds, time, again)
        captured, static, numbers = known
        for name, value in feeds.items():
            if isinstance(value, torch.Tensor):
                static[name].copy_(value)
            else:
                static[name].fill_(value)
        captured.replay()
        return numbers.clone()

    def names(self, graph):
        """Outputs whose values `run` gives: losses, objectives, and whether an update was applied."""
        outputs = self.program.manifest['graphs'][graph]['outputs']
        return [output for output in outputs if output['to']['kind'] in ('loss', 'objective', 'applied')]

    # ------------------------------------------------------------ capture

    def _capture(self, graph, feeds, time, again):
        """Warms up on the state as it is, gives it back, and captures the step."""
        program = self.program
        like = {'device': program.device, 'dtype': program.dtype}
        static = {
            name: value.clone() if isinstance(value, torch.Tensor) else torch.tensor(float(value), **like)
            for name, value in feeds.items()
        }
        kept = [tensor.detach().clone() for tensor in self._everything()]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._step(graph, static, time, again)
        torch.cuda.current_stream().wait_stream(side)
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured, pool=self.pool):
            numbers = self._step(graph, static, time, again)
        self.pool = self.pool or captured.pool()
        with torch.no_grad():
            for tensor, before in zip(self._everything(), kept):
                tensor.copy_(before)
        self.graphs[graph, again] = captured, static, numbers
        return self.graphs[graph, again]

    def _everything(self):
        return [*self.program.state.values(), *self.counts.values(), self.stopped]

    # ------------------------------------------------------------ a step

    def _step(self, graph, feeds, time, again):
        program = self.program
        ops.configure(program.device, program.dtype)
        program.train()
        late = {
            one['name']: host.evaluate(one['from']['value'], time, lambda update: self.counts[update] + 1).to(program.dtype)
            for one in program.manifest['graphs'][graph]['inputs']
            if self.depends(one)
        }
        cut = program.cut({**feeds, **late})
        at = cut[0]['at']
        results = {}
        for statement in program.code.STEPS[graph]:
            if isinstance(statement, Average):
                program.average(statement, at, ~self.stopped)
                continue
            if isinstance(statement, Shared):
                program.share(statement, cut[0], again)
                continue
            taken = {name: program.mean_taken(name, cut) for name in statement}
            means = {name: self._means(one) for name, one in taken.items()}
            with torch.no_grad():
                every = torch.stack([value for values in means.values() for value in values.values()])
                self.stopped |= ~every.isfinite().all()
            for name, one in taken.items():
                keep = ~self.stopped
                if one.when is not None:
                    keep = keep & (torch.as_tensor(one.when, device=program.device) != 0)
                program.apply(name, one, at, keep)
                with torch.no_grad():
                    self.counts[name] += keep
                results[name] = {**means[name], 'applied': keep.to(program.dtype)}
        program.shared = {}
        numbers = [self._number(results, output['to']) for output in self.names(graph)]
        return torch.stack(numbers).detach() if numbers else torch.empty(0, dtype=program.dtype, device=program.device)

    def _means(self, taken):
        values = [torch.as_tensor(value, device=self.program.device).detach() for value in (taken.objective, *taken.losses.values())]
        return dict(zip(('objective', *(f'loss {name}' for name in taken.losses)), ranks.mean_of_all(values)))

    def _number(self, results, to):
        of = results[to['update']]
        return of[f"loss {to['loss']}"] if to['kind'] == 'loss' else of[to['kind']]
