"""What happens when: a manifest's schedule and the rows of its streams in; for each position of a run, the iteration that
follows it: which graphs run, in which scope, on which minibatches, at what time. A position is plain JSON.
"""

import copy
import math
from dataclasses import dataclass

from .errors import Refused


class ScheduleError(Refused):
    """A schedule that cannot be run with these streams; the message is a sentence."""


@dataclass(frozen=True)
class Run:
    """One run of a step graph."""

    graph: str
    updates: tuple
    #: ordinal of the scope within the iteration: what its draws are keyed by
    scope: int
    #: the minibatch of each stream, counted from the run's start
    batches: dict
    #: the same minibatches and draws as the run of this graph before it: a round of a `repeat ... fresh: false`
    again: bool


@dataclass(frozen=True)
class Iteration:
    phase: dict
    time: dict
    runs: list
    #: the position after it
    next: dict


def start():
    return {'iteration': 0, 'step': 0, 'phase': 0, 'taken': {}}


def _taken_by(scope):
    takes = {}
    for stream in scope['reads']:
        takes[stream] = takes.get(stream, 0) + 1
    for action in scope['actions']:
        if action['do'] == 'repeat':
            for stream, count in _taken_by(action['scope']).items():
                takes[stream] = takes.get(stream, 0) + count * action['count']
    return takes


class Schedule:
    """Lengths in iterations; `counts`: rows of each stream."""

    def __init__(self, manifest, counts):
        self.epoch = {one['name']: counts[one['name']] // one['batch'] for one in manifest['streams']}
        drafts = [{**entry, 'takes': _taken_by(entry['body'])} for entry in manifest['schedule']]
        for one in manifest['streams']:
            if self.epoch[one['name']] == 0 and any(one['name'] in draft['takes'] for draft in drafts):
                raise ScheduleError(
                    f"{one['name']} has {counts[one['name']]} rows, fewer than its batch of {one['batch']}"
                )
        known = [None if draft['length'] is None else self._steps(draft['length'], draft) for draft in drafts]
        self.phases = [
            {**draft, 'steps': self._rest(manifest['length'], drafts, known, i) if known[i] is None else known[i]}
            for i, draft in enumerate(drafts)
        ]
        self.steps = sum(phase['steps'] for phase in self.phases)

    def _steps(self, length, phase):
        if length['unit'] == 'steps':
            return length['count']
        stream, takes = self._clock(length, phase)
        return math.ceil(length['count'] * self.epoch[stream] / takes)

    def _clock(self, length, phase):
        stream = length['of'] if length['of'] is not None else phase['clock']
        takes = phase['takes'].get(stream)
        if takes is not None:
            return stream, takes
        where = 'the schedule' if phase['name'] is None else f"phase {phase['name']}"
        what = 'any data' if stream is None else stream
        raise ScheduleError(f'{where} is counted in epochs, but no update in it reads {what}: count it in steps')

    def _rest(self, whole, drafts, known, i):
        if whole['unit'] == 'steps':
            return max(0, whole['count'] - sum(steps or 0 for steps in known))
        stream, takes = self._clock(whole, drafts[i])
        used = sum((steps or 0) * draft['takes'].get(stream, 0) for steps, draft in zip(known, drafts))
        return max(0, math.ceil((whole['count'] * self.epoch[stream] - used) / takes))

    # ------------------------------------------------------------ iterations

    def iteration_at(self, position):
        """Past the spec's end the last phase goes on, at progress 1."""
        index, step = position['phase'], position['step']
        while step >= self.phases[index]['steps'] and index + 1 < len(self.phases):
            index, step = index + 1, 0
        phase = self.phases[index]
        taken, runs, scopes = dict(position['taken']), [], 0

        def enter(scope, fresh, outer_scope, outer_batches, again):
            nonlocal scopes
            batches = dict(outer_batches)
            for stream in scope['reads']:
                batches[stream] = taken.get(stream, 0)
                taken[stream] = batches[stream] + 1
            here = scopes if fresh else outer_scope
            scopes += fresh
            for action in scope['actions']:
                if action['do'] == 'repeat':
                    for round_ in range(action['count']):
                        enter(action['scope'], action['fresh'], here, batches, not action['fresh'] and round_ > 0)
                elif action['every'] is None or self._during(action['every'], phase, step):
                    runs.append(Run(action['graph'], tuple(action['updates']), here, batches, again))

        enter(phase['body'], True, 0, {}, False)
        after = {'iteration': position['iteration'] + 1, 'step': step + 1, 'phase': index, 'taken': taken}
        return Iteration(phase, self._time(phase, step), runs, after)

    def _time(self, phase, step):
        takes = 0 if phase['clock'] is None else phase['takes'].get(phase['clock'], 0)
        epochs = 0 if takes == 0 else step * takes / self.epoch[phase['clock']]
        progress = 1 if phase['steps'] == 0 else min(1, step / phase['steps'])
        return {'step': step, 'epoch': math.floor(epochs), 'epochs': epochs, 'progress': progress}

    def _during(self, every, phase, step):
        """Whether the iteration from `step` to the next completes an n-th step or epoch of the phase."""
        if every['unit'] == 'steps':
            return (step + 1) % every['count'] == 0
        stream, takes = self._clock(every, phase)
        return _passes(every['count'] * self.epoch[stream], step * takes, (step + 1) * takes)

    def report_due(self, due, before, after):
        """Whether a report is due after the iteration between two positions: counted over the whole run."""

        def way(length):
            """The goal, and how far both positions are: in iterations, or in minibatches of the stream whose epochs count."""
            stream = length['of']
            if stream is None:
                return length['count'], before['iteration'], after['iteration']
            return length['count'] * self.epoch[stream], before['taken'].get(stream, 0), after['taken'].get(stream, 0)

        moments = [way(moment) for moment in due.get('at', ())]
        return _passes(*way(due['every'])) or any(here < goal <= there for goal, here, there in moments)

    def stop_at(self, steps=None, epochs=None):
        """The iteration to stop after: so many, so many epochs, or the spec's end."""
        if steps is not None:
            return steps
        if epochs is None:
            return self.steps
        clock = self.phases[0]['clock']
        if clock is None:
            raise ScheduleError('no update reads any data, so there are no epochs: use --steps')
        left, iterations = epochs * self.epoch[clock], 0
        for i, phase in enumerate(self.phases):
            takes = phase['takes'].get(clock, 0)
            needed = math.inf if takes == 0 else math.ceil(left / takes)
            if needed <= phase['steps'] or (i + 1 == len(self.phases) and takes > 0):
                return iterations + needed
            iterations += phase['steps']
            left -= phase['steps'] * takes
        return iterations


def _passes(period, before, after):
    """Whether a multiple of `period` lies in (before, after]."""
    return after // period > before // period


def copied(position):
    return copy.deepcopy(position)
