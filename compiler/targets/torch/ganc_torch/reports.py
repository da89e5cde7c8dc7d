"""Values of reports over rows: of a stream in their order, or of samples; and statistics taken anew.

Metrics that metrics.py knows become numbers; the values of pictures, sounds and other metrics are left as arrays.
"""

import math

import torch

from . import host, metrics, philox

#: the iteration whose draws reports take, and rows that a graph is given at once
_iteration, _chunk = 0xFFFFFFFF, 256


class Reporter:
    def __init__(self, trainer):
        self.trainer, self.program = trainer, trainer.program

    def run(self, items, time, applied):
        """[(item, number or {name: rows})] for lines of a report, in order; lines that can't be shown alone are left out."""
        replaced, results = {}, []
        for item in items:
            if item['kind'] == 'recalibrate':
                replaced = {**replaced, **self._recalibrated(item, time, applied, replaced)}
            elif item['kind'] == 'metric':
                results.append((item, self._metric(item, time, applied, replaced)))
            elif not item['varied']:
                values = {name: self._rows(ref, item['rows'], time, applied, replaced) for name, ref in item['values'].items()}
                results.append((item, values))
        return results

    def _metric(self, item, time, applied, replaced):
        sets = []
        for call in item['sets']:
            values = {name: self._rows(ref, None if 'stream' in ref['rows'] else item['rows'], time, applied, replaced) for name, ref in call['values'].items()}
            if call['fn'] not in metrics.known:
                return values
            sets.append(metrics.known[call['fn']][0](**values))
        return host.evaluate(item['value'], time, lambda update: max(1, applied.get(update, 0)), sets)

    def _rows(self, ref, most, time, applied, replaced):
        """The first `most` rows of a value, all of a stream's without."""
        stream = ref['rows'].get('stream')
        count = self.trainer.streams[stream].count if stream else most
        rows = count if most is None else min(most, count)
        parts = [
            self._report(ref['graph'], [ref['output']], torch.arange(at, min(rows, at + _chunk)), 0, time, applied, replaced)
            for at in range(0, rows, _chunk)
        ]
        return torch.cat([part[ref['output']].cpu() for part in parts])

    def _report(self, graph, names, rows, scope, time, applied, replaced, batches=None):
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
                feeds[one['name']] = float(host.evaluate(origin['value'], time, lambda update: max(1, applied.get(update, 0))))
        return self.program.report(graph, feeds, names, replaced)

    def _recalibrated(self, item, time, applied, replaced):
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
            got = self._report(item['graph'], names, torch.arange(rows), batch, time, applied, replaced, batches=batch)
            for one in outputs:
                state = one['to']['state']
                sums[state] = sums.get(state, 0) + got[one['name']].double().cpu() / batches
        return {name: value.to(self.program.dtype) for name, value in sums.items()}


def metric_lines(manifest):
    """Lines of reports that are metrics."""
    return [one for report in manifest['reports'] for one in report['items'] if one['kind'] == 'metric']


def computed(item):
    """Whether a metric becomes a number here; other metrics are ganc's."""
    return all(call['fn'] in metrics.known for call in item['sets'])


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
    known = best['value'] if best and best['metric'] == item['name'] else None
    improves = known is None or sense * (value - known) > 0
    return {'metric': item['name'], 'value': value, 'iteration': iteration} if improves else best


def _sense(item):
    """Which way a metric improves, 1, -1 or 0: its function's, turned round where the arithmetic around it falls."""
    if len(item['sets']) != 1:
        return 0
    up, down = (host.evaluate(item['value'], sets=[x]) for x in (0.75, 0.25))
    slope = (up > down) - (up < down)
    return {'higher': slope, 'lower': -slope, 'neither': 0}[metrics.known[item['sets'][0]['fn']][1]]
