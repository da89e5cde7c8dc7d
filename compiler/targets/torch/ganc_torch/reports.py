"""Values of reports over rows: of a stream in their order, or of samples; and statistics taken anew.

Metrics become numbers (metrics/known.py); the values of pictures and sounds are left as arrays.
"""

import math
from dataclasses import dataclass, field

import torch

from . import host, philox
from .metrics.known import known
from .metrics.metric import Unshown, Whole

#: the iteration whose draws reports take, and rows that a graph is given at once
_iteration, _chunk = 0xFFFFFFFF, 256


@dataclass(frozen=True)
class View:
    """The run as the lines between two `recalibrate` see it; values that several lines ask for are computed once."""

    items: list
    time: dict
    applied: dict
    replaced: dict = field(default_factory=dict)
    #: by graph and number of rows: what is kept of its outputs
    made: dict = field(default_factory=dict)

    def count(self, update):
        """How often an update was applied, as expressions of the schedule have it."""
        return max(1, self.applied.get(update, 0))


class Reporter:
    def __init__(self, trainer):
        self.trainer, self.program = trainer, trainer.program

    def run(self, items, time, applied):
        """[(item, number, {name: rows} or Unshown)] for lines of a report, in order; lines that can't be shown alone are left
        out."""
        view, results = View(items, time, applied), []
        for item in items:
            if item['kind'] == 'recalibrate':
                view = View(items, time, applied, {**view.replaced, **self._recalibrated(item, view)})
            elif item['kind'] == 'metric':
                results.append((item, self._metric(item, view)))
            elif not item['varied']:
                results.append((item, {name: self._rows(view, ref, item['rows'], None).data for name, ref in item['values'].items()}))
        return results

    def _metric(self, item, view):
        try:
            sets = [self._set(item, call, view) for call in item['sets']]
        except Unshown as why:
            return why
        return host.evaluate(item['value'], view.time, view.count, sets)

    def _set(self, item, call, view):
        values = {name: self._rows(view, ref, _most(item, ref), (call['fn'], name)) for name, ref in call['values'].items()}
        # `rows`, how many samples there are, is an option of every metric, and none computes with it.
        options = {name: value for name, value in call['options'].items() if name != 'rows'}
        return known[call['fn']].of(call['fn'], values, options)

    def _rows(self, view, ref, most, argument):
        """The first `most` rows of a value, all of a stream's without: what a metric's argument (its name and the
        parameter's) keeps of them, else Values."""
        key = (ref['graph'], self._count(ref, most))
        if key not in view.made:
            view.made[key] = self._collected(view, *key)
        return view.made[key][_kept(ref, argument)]

    def _count(self, ref, most):
        stream = ref['rows'].get('stream')
        count = self.trainer.streams[stream].count if stream else most
        return count if most is None else min(most, count)

    def _collected(self, view, graph, rows):
        """All that lines of the view read of a graph over so many rows."""
        reads = [read for item in view.items for read in _reads(item)]
        same = [(ref, argument) for ref, most, argument in reads if ref['graph'] == graph and self._count(ref, most) == rows]
        kept = {_kept(ref, argument): (ref['output'], _collector(argument)) for ref, argument in same}
        outputs = list({output for output, _ in kept.values()})
        for at in range(0, rows, _chunk):
            made = self._report(view, graph, outputs, torch.arange(at, min(rows, at + _chunk)))
            made = {name: value.cpu() for name, value in made.items()}
            for output, collector in kept.values():
                collector.add(made[output])
        return {key: collector.taken() for key, (_, collector) in kept.items()}

    def _report(self, view, graph, names, rows, scope=0, batches=None):
        """A run of a report's graph: rows of streams in their order, or those of a minibatch of each."""
        entry = self.program.manifest['graphs'][graph]
        place = {'device': self.program.device}
        feeds = {}
        for one in entry['inputs']:
            origin = one['from']
            if origin['kind'] == 'field':
                stream = self.trainer.streams[origin['stream']]
                chosen = rows if batches is None else stream.rows(batches)
                feeds[one['name']] = stream.values(origin['field'], chosen.to(self.program.device))
            elif origin['kind'] == 'draw':
                shape = [len(rows) if size == 'N' else size for size in one['shape']]
                per_row = 1
                for size in shape[1:]:
                    per_row *= size
                numbers = torch.tensor([_iteration], **place)
                scopes = torch.tensor([scope], **place)
                made = philox.draws(
                    self.trainer.seed, origin['key'], origin['distribution'], numbers, scopes,
                    rows.to(self.program.device), per_row, origin.get('k', 0),
                )
                feeds[one['name']] = made[0].reshape(shape).to(self.program.dtype)
            elif origin['kind'] == 'scalar':
                feeds[one['name']] = float(host.evaluate(origin['value'], view.time, view.count))
        return self.program.report(graph, feeds, names, view.replaced)

    def _recalibrated(self, item, view):
        """Means over `length` minibatches of the graph's statistics."""
        outputs = self.program.manifest['graphs'][item['graph']]['outputs']
        stream, length = item['stream'], item['length']
        epochs = length['of'] or stream
        batches = length['count'] if length['unit'] == 'steps' or epochs is None else length['count'] * self.trainer.schedule.epoch[epochs]
        entries = self.program.manifest['streams']
        rows = next((one['batch'] for one in entries if one['name'] == stream), entries[0]['batch'] if entries else _chunk)
        sums = {}
        for batch in range(batches):
            names = [one['name'] for one in outputs]
            got = self._report(view, item['graph'], names, torch.arange(rows), batch, batches=batch)
            for one in outputs:
                state = one['to']['state']
                sums[state] = sums.get(state, 0) + got[one['name']].double().cpu() / batches
        return {name: value.to(self.program.dtype) for name, value in sums.items()}


def _most(item, ref):
    """How many rows of a value a line takes; None for all of a stream's."""
    return None if item['kind'] == 'metric' and 'stream' in ref['rows'] else item['rows']


def _reads(item):
    """[(reference, rows, argument of a metric or None)] that a line reads."""
    if item['kind'] == 'metric':
        return [
            (ref, _most(item, ref), (call['fn'], name)) for call in item['sets'] for name, ref in call['values'].items()
        ]
    if item['kind'] == 'recalibrate' or item['varied']:
        return []
    return [(ref, item['rows'], None) for ref in item['values'].values()]


def _collector(argument):
    return Whole() if argument is None else known[argument[0]].collector(argument[1])


def _kept(ref, argument):
    """What tells apart what is kept of a graph's rows: whole rows are kept once."""
    reduced = argument is not None and argument[1] in known[argument[0]].reduce
    return (ref['output'], argument if reduced else None)


def metric_lines(manifest):
    """Lines of reports that are metrics."""
    return [one for report in manifest['reports'] for one in report['items'] if one['kind'] == 'metric']


def better(manifest, judge, best, item, value, iteration):
    """The best value that the judge's metric has had, after one more; default: the spec's first one. Rows that were
    trained on are no judge unless that is asked for."""
    if judge is None:
        first = next((one for one in metric_lines(manifest) if not one.get('onTraining')), None)
        name, sense = first and first['name'], _sense(item)
    else:
        name, sense = judge['metric'], 1 if judge['better'] == 'higher' else -1
    if name != item['name'] or sense == 0 or not math.isfinite(value):
        return best
    before = best['value'] if best and best['metric'] == item['name'] else None
    improves = before is None or sense * (value - before) > 0
    return {'metric': item['name'], 'value': value, 'iteration': iteration} if improves else best


def _sense(item):
    """Which way a metric improves, 1, -1 or 0: its function's, turned round where the arithmetic around it falls."""
    if len(item['sets']) != 1:
        return 0
    up, down = (host.evaluate(item['value'], sets=[x]) for x in (0.75, 0.25))
    return ((up > down) - (up < down)) * known[item['sets'][0]['fn']].sense
