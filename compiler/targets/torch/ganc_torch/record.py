"""What a run leaves and says: its log and metrics, reports that are due, checkpoints. All ranks come to it, with the same state;
rank 0 writes.
"""

import time

from . import files, ranks
from .errors import Diverged
from .metrics.metric import Unshown
from .reports import Reporter, better


class Record:
    """Of a Training, whose position, program and best checkpoint it puts down."""

    # ------------------------------------------------------------ what is said

    def _log(self, phase, logged):
        if not self.first:
            return
        number = self.position['iteration']
        self.metrics.append({'iteration': number, **({} if phase is None else {'phase': phase}), **logged})
        self.watch.see('iteration', iteration=number, phase=phase, logged=logged)
        if self.given.looks:
            self.logs.append({'iteration': number, 'logged': logged})

    def _say(self, text):
        if self.first:
            self._note(text)
            self.watch.see('log', text=text)

    def _note(self, text):
        if self.first and self.path.is_dir():
            with open(self.path / 'log.txt', 'a') as log:
                log.write(text + '\n')

    # ------------------------------------------------------------ reports

    def _due(self, before, after):
        """Lines of reports that are due between two positions; at the run's end all of them."""
        ended = after['iteration'] == self.end
        return [
            item
            for report in self.manifest['reports']
            for item in report['items']
            if ended or self.schedule.report_due(item if item['every'] else report, before, after)
        ]

    def _report(self, items):
        """Rank 0's; the others wait for it. False if it was given up, and nothing of it is kept."""
        whole = True
        if self.first:
            with ranks.alone():
                whole = self._drawn(items) if self.watch.draws else self._written(items)
        # The others know the best checkpoint by its iteration alone.
        given_up, self.best_at = ranks.greatest([not whole, self._judged_at()])
        return not given_up

    def _judged_at(self):
        """The iteration of the best checkpoint; -1 where there is none by the metric that names it now."""
        judged = self.best and (self.judge is None or self.judge['metric'] == self.best['metric'])
        return self.best['iteration'] if judged else -1

    def _drawn(self, items):
        """By whoever watches."""
        lines = [item for report in self.manifest['reports'] for item in report['items']]
        asked = {'report': [lines.index(item) for item in items], 'position': self.position, 'applied': self.applied, 'best': self.best}
        answer = self.watch.report(self.program, asked)
        if answer is None:
            return False
        for row in answer['rows']:
            self.metrics.append(row)
        self.best = answer['best']
        return True

    def _written(self, items):
        """Metrics as numbers; the values of pictures and sounds as arrays in values/."""
        moment, number = self.schedule.iteration_at(self.position).time, self.position['iteration']
        for item, result in Reporter(self.trainer).run(items, moment, self.applied):
            if isinstance(result, Unshown):
                self.metrics.append({'iteration': number, 'missing': item['name'], 'reason': str(result)})
                self._say(f"iteration {number}: no {item['name']}: {result}")
                continue
            if isinstance(result, dict):
                (self.path / 'values').mkdir(exist_ok=True)
                files.write_whole(self.path / 'values' / f"{item['name']}-{number:08d}.safetensors", files.packed(result))
                continue
            self.metrics.append({'iteration': number, 'metric': item['name'], 'value': result})
            self._say(f"iteration {number}: {item['name']} {result:.6g}")
            self.watch.see('metric', iteration=number, name=item['name'], value=result)
            self.best = better(self.manifest, self.judge, self.best, item, result, number)
        return True

    # ------------------------------------------------------------ checkpoints

    def _progress(self):
        return {
            'position': self.position,
            'applied': self.applied,
            'best': self.best,
            'metricsBytes': self.metrics.flush(),
            'unreported': self.unreported,
        }

    def _save(self):
        """All ranks have the same state: rank 0 writes it."""
        number = self.position['iteration']
        state = self.program.read()
        ranks.alike(state, number)
        broken = self.program.broken()
        if broken:
            raise Diverged(f"after iteration {number}, the weights of {', '.join(broken)} are not finite")
        if self.first:
            folder = self.path / 'checkpoints'
            folder.mkdir(exist_ok=True)
            with ranks.busy():
                files.write_checkpoint(folder, state, self._progress())
                self.whole.add(number)
                files.prune(folder, self.given.keep, self.best, self.whole)
            # By this line a resume knows that it must not start over.
            if self.saved < 0:
                self._note(f'first checkpoint after iteration {number}')
            self.watch.see('checkpoint', iteration=number)
        # The others wait here for a slow disk, and not in the middle of an iteration.
        ranks.greatest([0])
        self.saved, self.saved_at = number, time.monotonic()

    def _amend(self):
        """The checkpoint of this iteration, written before its reports, takes in what they found."""
        if self.first:
            folder = self.path / 'checkpoints'
            progress = self._progress()
            # Reports may take hours, in which somebody or a disk takes it away or spoils it: the weights are still those.
            if not files.amend_checkpoint(folder, progress):
                folder.mkdir(exist_ok=True)
                files.write_checkpoint(folder, self.program.read(), progress)
            files.prune(folder, self.given.keep, self.best, self.whole)

    def _close(self):
        if self.first and self.path.is_dir():
            self.metrics.flush()
            self.unlock()
