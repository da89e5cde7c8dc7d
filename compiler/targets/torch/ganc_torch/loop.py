"""The loop: blocks of iterations, run graph by graph.

For the iterations of a block everything that the host knows is made at once and laid out as tables, one row for each run of
a graph: rows of minibatches, draws, numbers of the schedule. A run takes its row; on a card the runs are replays of captured
graphs, and losses and flags come back once a block. What depends on how often an update with a `when` was applied is
computed where the counts are.
"""

import torch

from . import host, philox, ranks
from .card import Card
from .data import fields_read
from .errors import Diverged, Refused
from .files import plain
from .schedule import copied

#: Iterations of a block, and bytes of its draws, at most.
longest, largest = 256, 256 << 20


class Table:
    """The runs of one graph in a block: what each is given."""

    def __init__(self, trainer, graph, runs):
        self.graph, self.runs = graph, runs
        self.inputs = trainer.program.manifest['graphs'][graph]['inputs']
        #: of each run, its row in the tables: rounds on the same minibatches and draws have one
        self.rows, firsts = [], []
        for entry in runs:
            if not entry[1].again or not firsts:
                firsts.append(entry)
            self.rows.append(len(firsts) - 1)
        #: by stream and field: where the values of each row's minibatch lie
        self.places = {name: self._places(trainer, name, fields, firsts) for name, fields in fields_read(self.inputs).items()}
        numbers = torch.tensor([number for number, _, _ in firsts], device=trainer.program.device)
        scopes = torch.tensor([run.scope for _, run, _ in firsts], device=trainer.program.device)
        self.draws = {
            one['name']: trainer.drawn(one, numbers, scopes) for one in self.inputs if one['from']['kind'] == 'draw'
        }

    def _places(self, trainer, name, fields, firsts):
        stream = trainer.streams[name]
        ordinals = [run.batches[name] for _, run, _ in firsts]
        return stream.laid(stream.minibatches(fields, ordinals, trainer.part(stream.batch)))

    def feeds(self, trainer, at, applied):
        """What run number `at` is given, by name."""
        feeds = {}
        _, run, time = self.runs[at]
        row = self.rows[at]
        for one in self.inputs:
            origin, name = one['from'], one['name']
            if origin['kind'] == 'field':
                stream, field = origin['stream'], origin['field']
                feeds[name] = trainer.values(stream, field, run.batches[stream], self.places[stream][field][row])
            elif origin['kind'] == 'draw':
                feeds[name] = self.draws[name][row]
            elif origin['kind'] == 'scalar':
                if trainer.card is None or not trainer.card.depends(one):
                    feeds[name] = trainer.scalar(host.evaluate(origin['value'], time, applied))
        return feeds


class Trainer:
    """Runs iterations of a program; `applied`: how often each update was."""

    def __init__(self, program, streams, schedule, seed, on_card=False):
        self.program, self.streams, self.schedule, self.seed = program, streams, schedule, seed
        self.on_card, self.card = on_card, None
        #: by stream and field, the minibatch that was read last, and its values
        self.read = {}

    def part(self, rows):
        """This rank's part of a batch."""
        if rows % (ranks.size() * self.program.parts):
            parts = f', in {self.program.parts} parts each,' if self.program.parts > 1 else ''
            raise Refused(f'{ranks.size()} processes{parts} do not share batches of {rows} rows evenly')
        own = rows // ranks.size()
        return slice(ranks.index() * own, (ranks.index() + 1) * own)

    def scalar(self, value):
        return value if isinstance(value, torch.Tensor) else float(value)

    def values(self, stream, field, ordinal, places):
        """Values of a minibatch; runs that read the same one after another have the same tensor."""
        known = self.read.get((stream, field))
        if known is None or known[0] != ordinal:
            known = self.read[stream, field] = ordinal, self.streams[stream].values(field, places)
        return known[1]

    def drawn(self, entry, numbers, scopes):
        """[runs, rows of this rank, ...] in the program's type."""
        origin, shape = entry['from'], entry['shape']
        rows = torch.arange(shape[0] if shape else 1, device=self.program.device)
        if shape and self.program.shares_rows(entry['name']):
            rows = torch.cat([block[self.part(len(block))] for block in rows.chunk(self.program.blocks_of(entry['name']))])
        per_row = 1
        for size in shape[1:]:
            per_row *= size
        made = philox.draws(
            self.seed, origin['key'], origin['distribution'], numbers, scopes, rows, per_row, origin.get('k', 0), self.program.dtype
        )
        return made.reshape(len(numbers), *([len(rows), *shape[1:]] if shape else []))

    def block(self, position, applied, most, ends):
        """Runs up to `most` iterations from a position, changing `applied`: of each, what it was and what it logged.
        `ends(before, after)`: whether the state is looked at between them, so that a block ends there.
        """
        plan, at = [], copied(position)
        self.program.start_phase(self._starts(self.schedule.iteration_at(at)))
        for _ in range(min(most, self._length())):
            iteration = self.schedule.iteration_at(at)
            if plan and self._starts(iteration):
                break
            plan.append((at, iteration))
            before, at = at, iteration.next
            if ends(before, at):
                break
        runs = {}
        for before, iteration in plan:
            for run in iteration.runs:
                runs.setdefault(run.graph, []).append((before['iteration'], run, iteration.time))
        tables = {graph: Table(self, graph, own) for graph, own in runs.items()}
        steps = self._on_card(plan, tables, applied) if self.on_card else self._by_host(plan, tables, applied)
        for (before, iteration), numbers in zip(plan, steps):
            log = Log()
            for run, read in zip(iteration.runs, numbers):
                log.add(self.program.manifest['graphs'][run.graph], read, run, before['iteration'] + 1)
                if self.on_card:
                    count(applied, log.last)
            yield iteration, log.logged()

    def _starts(self, iteration):
        """The weights that a phase begins with, in its first iteration."""
        return iteration.phase.get('starts', ()) if iteration.time['step'] == 0 else ()

    def _by_host(self, plan, tables, applied):
        """Of each iteration the numbers of its runs, as they come; updates that were applied are counted."""
        done = dict.fromkeys(tables, 0)
        for _, iteration in plan:
            numbers = []
            for run in iteration.runs:
                feeds = tables[run.graph].feeds(self, done[run.graph], lambda update: applied.get(update, 0) + 1)
                done[run.graph] += 1
                numbers.append(self.program.step(run.graph, feeds, run.again))
                if not all(_finite(value) for value in numbers[-1].values()):
                    break
                skipped = {
                    output['to']['update'] for output in self.program.manifest['graphs'][run.graph]['outputs']
                    if output['to']['kind'] == 'applied' and numbers[-1].get(output['name']) == 0
                }
                count(applied, [update for update in run.updates if update not in skipped])
            yield numbers

    def _on_card(self, plan, tables, applied):
        """The same of the whole block at once: nothing comes back before its end."""
        if self.card is None:
            self.card = Card(self.program, applied, captures=self.program.device.type == 'cuda')
        # Updates without a condition are applied each time; the others are counted on the card.
        expected = dict(applied)
        done, made = dict.fromkeys(tables, 0), []
        for _, iteration in plan:
            for run in iteration.runs:
                feeds = tables[run.graph].feeds(self, done[run.graph], lambda update: expected.get(update, 0) + 1)
                done[run.graph] += 1
                made.append(self.card.run(run.graph, feeds, iteration.time, run.again))
                count(expected, run.updates)
        values = iter(torch.cat(made).tolist() if made else [])
        for _, iteration in plan:
            yield [
                {output['name']: next(values) for output in self.card.names(run.graph)} for run in iteration.runs
            ]

    def _length(self):
        bytes_of_draws = sum(
            8 * 4 * max(1, _product(one['shape']))
            for graph in self.program.manifest['graphs'].values()
            for one in graph['inputs']
            if one['from']['kind'] == 'draw' and all(isinstance(size, int) for size in one['shape'])
        )
        return max(1, min(longest, largest // max(1, bytes_of_draws)))


def count(applied, updates):
    """Counts these once more."""
    for update in updates:
        applied[update] = applied.get(update, 0) + 1


def _finite(value):
    return value == value and abs(value) != float('inf')


def _product(sizes):
    made = 1
    for size in sizes:
        made *= size
    return made


class Log:
    """What an iteration says: the last value of each loss and objective, updates that were never applied."""

    def __init__(self):
        self.losses, self.objectives = {}, {}
        self.applied, self.skipped, self.last = set(), [], []

    def add(self, graph, numbers, run, iteration):
        skipped = []
        for output in graph['outputs']:
            to, value = output['to'], numbers.get(output['name'])
            if value is None:
                continue
            if to['kind'] == 'applied':
                if value == 0:
                    skipped.append(to['update'])
                continue
            if to['kind'] not in ('loss', 'objective'):
                continue
            if value != value or value in (float('inf'), float('-inf')):
                what = f"the loss {to['loss']} of {to['update']}" if to['kind'] == 'loss' else f"what {to['update']} minimises"
                raise Diverged(f'in iteration {iteration}, {what} became {plain(value)}')
            if to['kind'] == 'loss':
                self.losses[to['loss']] = value
            else:
                self.objectives[to['update']] = value
        self.last = [update for update in run.updates if update not in skipped]
        self.skipped += [update for update in skipped if update not in self.skipped]
        self.applied.update(self.last)

    def logged(self):
        skipped = [update for update in self.skipped if update not in self.applied]
        return {'losses': self.losses, 'objectives': self.objectives, 'skipped': skipped}


