"""A run from where its directory stands to where it is to stop: blocks of iterations, reports when they are due,
checkpoints. A checkpoint stands before reports begin, so that one which takes long, or is stopped, costs no work.

What depends on one process (a signal, the clock, a report that rank 0 makes) is agreed between blocks, so that all ranks
take the same way through this file.
"""

import os
import signal
import sys
import time
from pathlib import Path

import torch

from . import files, lock, new_run, ranks
from .data import open_streams
from .errors import Diverged, Lost, Refused
from .loop import Trainer, longest
from .program import Program
from .record import Record
from .reports import metric_lines
from .schedule import Schedule, start

#: Seconds between checkpoints, of work that a killed report may cost, and that a block takes at about.
_each, _worth_saving, _brisk = 60, 5, 0.5


class Training(Record):
    """`folder`: the program's; `given`: options of train.py; `watch`: whoever watches."""

    def __init__(self, folder, given, device, watch):
        self.given, self.watch, self.first = given, watch, ranks.index() == 0
        self.path = Path(given.resume) if given.resume else None
        self.program = Program(folder, device)
        self.manifest = self.program.manifest
        info = new_run.information(self.path) if self.path else {}
        self.seed = info['seed'] if self.path else given.seed
        self._judged(info)
        streams = open_streams(given.data or folder / 'data', self.manifest, self.seed, device, self.program.dtype)
        self.schedule = Schedule(self.manifest, {name: one.count for name, one in streams.items()})
        self.end = self.schedule.stop_at(given.steps, given.epochs)
        on_card = device.type == 'cuda' or given.as_on_a_card
        self.trainer = Trainer(self.program, streams, self.schedule, self.seed, on_card)
        self._stand(device)
        self.length, self.stop, self.saved_at = 1, False, time.monotonic()
        #: for looks: what iterations logged since the last, and how often updates were applied before this one
        self.logs, self.applied_before = [], {}
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._asked)

    def _judged(self, info):
        """What names the best checkpoint: as told, else as the run has kept it."""
        told = {'best': self.given.best, 'patience': self.given.patience}
        told = {name: value for name, value in told.items() if value is not None}
        self.judge, self.patience = told.get('best', info.get('best')), told.get('patience', info.get('patience'))
        #: what run.json is to keep that it does not hold yet
        self.told = {name: value for name, value in told.items() if info.get(name) != value}
        if self.judge is not None and not self.watch.draws:
            names, name = [one['name'] for one in metric_lines(self.manifest)], self.judge['metric']
            if name not in names:
                raise Refused(f"no metric is called {name}; there are {', '.join(names) or 'none'}")

    def _stand(self, device):
        """The state of the newest checkpoint, or as the run begins."""
        # Where ganc watches, it has the lock.
        locks = self.first and not self.watch.draws
        self.unlock = lock.taken(self.path) if self.path and locks else lambda: None
        found = files.newest_checkpoint(self.path) if self.path else None
        if self.first:
            if self.path and self.told:
                new_run.rejudged(self.path, self.told)
            if not self.path:
                self.path = new_run.made(self.program, self.seed, self.given.out, self.told)
                self.unlock = lock.taken(self.path) if locks else self.unlock
            self.whole = files.whole_checkpoints(self.path / 'checkpoints')
            self.metrics = files.Metrics(self.path / 'metrics.jsonl', found['metricsBytes'] if found else 0)
        self.program.begin(self.seed, found and found['values'], self.given.lenient)
        self.position, self.applied = (found['position'], found['applied']) if found else (start(), {})
        self.best, self.unreported = (found['best'], found['unreported']) if found else (None, None)
        #: the iterations of the best checkpoint, as all ranks know it, and of the newest
        self.best_at = self._judged_at()
        self.saved = self.position['iteration'] if found else -1
        if found:
            self._say(f"resumed after iteration {self.saved}")
            for name, value in self.told.items():
                self._say(f'{name}: {value if isinstance(value, int) else value["metric"]} from here on')
        else:
            told = f'pytorch {device.type} {torch.__version__}, threads: {torch.get_num_threads()}'
            self._note(f'seed {self.seed}, {told}' + (f', processes: {ranks.size()}' if ranks.size() > 1 else ''))

    def _asked(self, *_):
        self.stop = True

    # ------------------------------------------------------------ the loop

    def go(self):
        """Trains, and says how it ended."""
        self.watch.see('start', iteration=self.position['iteration'], stop=self.end)
        ranks.watched(self._lost)
        try:
            kind = self._together()
        except (Diverged, Lost) as error:
            self._failed(error)
            raise
        finally:
            ranks.unwatched()
            self._close()
        self.watch.ended(kind, self.position['iteration'])

    def _failed(self, error):
        kept = f'the checkpoint of iteration {self.saved} is kept' if self.saved >= 0 else 'no checkpoint was written yet'
        reason = f'training failed: {error}; {kept}'
        self._say(reason)
        self.watch.ended('failed', self.position['iteration'], reason)

    def _lost(self, sentence):
        """Another rank is lost while this one waits in a collective, which nothing can interrupt: the process ends."""
        self._failed(sentence)
        print(f'rank {ranks.index()}: {sentence}', file=sys.stderr, flush=True)
        os._exit(4)

    def _together(self):
        try:
            return self._on()
        except RuntimeError as error:
            # What torch.distributed raises has no class of its own in every version.
            if ranks.size() == 1:
                raise
            raise Lost(f'{ranks.culprit()}: {error}') from error

    def _on(self):
        began, first = time.monotonic(), self.position['iteration']
        if self.unreported is not None and not self._followed(self.unreported, False, False, False):
            return self._stopped()
        while self.position['iteration'] < self.end and not self._impatient():
            if self._looked(self.position['iteration'] + 1):
                self.applied_before = dict(self.applied)
                self._look('before', self.position['iteration'] + 1)
            before, seconds = self._block()
            if self._looked(self.position['iteration']):
                self._look('after', self.position['iteration'], logs=self.logs, applied={'before': self.applied_before, 'now': self.applied})
                self.logs = []
            elapsed = time.monotonic() - self.saved_at
            timed = not self.given.checkpoint_every and elapsed > _each
            wanted = [self.stop or self.watch.stop, timed, elapsed > _worth_saving, seconds]
            stop, timed, late, seconds = ranks.greatest(wanted)
            self.length = min(longest, 2 * self.length) if seconds < _brisk else max(1, self.length // 2)
            if not self._followed(before, stop, timed, late) or (stop and self.position['iteration'] < self.end):
                return self._stopped()
        number = self.position['iteration']
        pace = (number - first) / max(1e-9, time.monotonic() - began)
        spoken = f', {pace:.1f} iterations a second' if number > first else ''
        # Only rank 0 says it, and knows of what.
        why = f": {self.best['metric']} was best after iteration {self.best_at}" if number < self.end and self.best else ''
        self._say(f'done after iteration {number}{why}{spoken}')
        return 'done'

    def _impatient(self):
        """Whether the best checkpoint is older than there is patience for."""
        if not self._late(self.position['iteration']):
            return False
        if self.saved < self.position['iteration']:
            self._save()
        return True

    def _late(self, number):
        return self.patience is not None and self.best_at >= 0 and number - self.best_at >= self.patience

    def _block(self):
        """Runs a block: the position before its last iteration, and the seconds that it took."""
        began, most = time.monotonic(), min(self.length, self.end - self.position['iteration'])
        if self.first and not (self.path / 'run.json').exists():
            raise Lost(f'{self.path} is not there any more: it was moved or deleted while it was trained')
        before = self.position
        try:
            for iteration, logged in self.trainer.block(self.position, self.applied, most, self._looked_at):
                before, self.position = self.position, iteration.next
                self._log(iteration.phase['name'], logged)
        except Diverged as error:
            broken = self.program.broken()
            why = f'{broken[0]} was no longer finite before it' if broken else 'all weights are finite, so the loss itself overflowed'
            raise Diverged(f'{error}; {why}') from None
        return before, time.monotonic() - began

    def _looked_at(self, before, after):
        """Whether a report, a checkpoint or a look is due between two iterations."""
        every, number = self.given.checkpoint_every, after['iteration']
        looked = self._looked(number) or self._looked(number + 1)
        return looked or bool(every and number % every == 0) or bool(self._due(before, after)) or self._late(number)

    def _looked(self, number):
        """Whether ganc looks at the state around this iteration."""
        first, each = self.given.looks or (0, 0)
        return bool(each) and (number == first or number % each == 0)

    def _look(self, when, number, **more):
        """Rank 0's; the others wait for it."""
        if self.first:
            with ranks.alone():
                self.watch.look(self.program, {'look': {'when': when, 'iteration': number, **more}})
        ranks.greatest([0])

    def _followed(self, before, stop, timed, late):
        """What follows a block: a checkpoint where one is due, then the reports that are; False where those are still to come."""
        number, every = self.position['iteration'], self.given.checkpoint_every
        items = self._due(before, self.position)
        self.unreported = before if items else None
        due = number == self.end or stop or timed or (items and late) or (every and number % every == 0)
        if due and self.saved < number:
            self._save()
        if not items or stop:
            return not items
        best = self.best
        if not self._report(items):
            if self.saved < number:
                self._save()
            return False
        self.unreported = None
        if self.saved == number:
            self._amend()
        elif ranks.greatest([self.best != best])[0]:
            self._save()
        return True

    def _stopped(self):
        later = '' if self.unreported is None else '; its reports come when it goes on'
        self._say(f"stopped after iteration {self.position['iteration']}, as asked{later}")
        return 'stopped'
