"""Values of reports over rows: of a stream in their order, or of samples; and statistics taken anew.

Metrics become numbers (metrics/known.py); the values of pictures and sounds are left as arrays.
"""

import math
from dataclasses import dataclass, field

import torch

from . import host, philox
from .data import fields_read
from .lengths import RowLengths, symbols_in
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
                results.append((item, self._arrays(item, view)))
        return results

    def _arrays(self, item, view):
        """The values of a picture or a sound by name; where rows have lengths of their own, these too."""
        values = {name: self._rows(view, ref, item['rows'], None) for name, ref in item['values'].items()}
        own = {f'{name}.lengths': one.lengths for name, one in values.items() if one.lengths is not None}
        lengths = {name: torch.tensor(told, dtype=torch.int32) for name, told in own.items()}
        return {name: one.data for name, one in values.items()} | lengths

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
        at, most = 0, self.program.manifest['graphs'][graph].get('rows', _chunk)
        while at < rows:
            to, lengths = self._alike(graph, at, min(rows, at + most))
            made = self._report(view, graph, outputs, torch.arange(at, to), lengths=lengths)
            made = {name: value.cpu() for name, value in made.items()}
            for output, collector in kept.values():
                collector.add(made[output])
            at = to
        return {key: collector.taken() for key, (_, collector) in kept.items()}

    def _alike(self, graph, at, most):
        """From row `at` on, the rows up to `most` that have the same lengths, and these."""
        entry = self.program.manifest['graphs'][graph]
        symbols = symbols_in(entry)
        if not symbols:
            return most, None
        rows, own = torch.arange(at, most), {}
        for stream, fields in fields_read(entry['inputs']).items():
            own.update(self.trainer.streams[stream].lengths(fields, rows))
        alike = torch.stack([own[symbol] == own[symbol][0] for symbol in symbols]).all(0)
        lengths = RowLengths({symbol: (int(own[symbol][0]), by) for symbol, by in symbols.items()})
        return at + int(alike.long().cumprod(0).sum()), lengths

    def _report(self, view, graph, names, rows, scope=0, batches=None, lengths=None):
        """A run of a report's graph: rows of streams in their order, all of one length, or those of a minibatch of each."""
        entry = self.program.manifest['graphs'][graph]
        fed = {**self._fields(entry, rows, batches), **self._draws(entry, rows, scope, lengths)}
        for one in entry['inputs']:
            if one['from']['kind'] == 'scalar':
                fed[one['name']] = float(host.evaluate(one['from']['value'], view.time, view.count))
        if lengths is None:
            return self.program.report(graph, fed, names, view.replaced)
        shapes = {one['name']: one['shape'] for one in entry['inputs']}
        whole = {name: lengths.padded(value, shapes[name]) for name, value in fed.items()}
        found = self.program.report(graph, whole, names, view.replaced)
        shapes = {one['name']: one['shape'] for one in entry['outputs']}
        return {name: lengths.cropped(value, shapes[name]) for name, value in found.items()}

    def _fields(self, entry, rows, batches):
        """Inputs of a graph that are fields, by name."""
        places = {}
        for stream, fields in fields_read(entry['inputs']).items():
            own = self.trainer.streams[stream]
            found = own.in_order(fields, rows) if batches is None else own.minibatches(fields, [batches])
            places[stream] = own.laid(found if batches is None else {field: one[0] for field, one in found.items()})
        return {
            one['name']: self.trainer.streams[stream].values(field, places[stream][field])
            for one in entry['inputs']
            if one['from']['kind'] == 'field'
            for stream, field in [(one['from']['stream'], one['from']['field'])]
        }

    def _draws(self, entry, rows, scope, lengths):
        """Inputs of a graph that are drawn, by name."""
        place, fed = {'device': self.program.device}, {}
        sizes = {'N': len(rows), **(lengths.sizes if lengths else {})}
        for one in entry['inputs']:
            origin = one['from']
            if origin['kind'] != 'draw':
                continue
            shape = [sizes[size] if isinstance(size, str) else size for size in one['shape']]
            numbers, scopes = torch.tensor([_iteration], **place), torch.tensor([scope], **place)
            made = philox.draws(
                self.trainer.seed, origin['key'], origin['distribution'], numbers, scopes,
                rows.to(self.program.device), math.prod(shape[1:]), origin.get('k', 0),
            )
            fed[one['name']] = made[0].reshape(shape).to(self.program.dtype)
        return fed

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
