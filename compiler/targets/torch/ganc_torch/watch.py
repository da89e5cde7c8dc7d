"""Who watches a run, and how it is told: a person by lines of text, a program by lines of JSON, or ganc by messages over
the standard input and output (pipe.py). ganc draws the reports itself: it asks for values of the state where it lies.

    to ganc      {event: ...}, {report: [...], position, applied, best}, {look: {when, iteration, logs, applied}}, answers,
                 {ended: ...} or {refused: sentence}
    from ganc    {do: stop}, {do: report, graph, names}, {do: read, names}, {do: reported, rows, best}, {do: seen} or
                 {do: interrupted}
"""

import json
import os
import queue
import sys
import threading
import time

from . import pipe


class Nobody:
    """Ranks but the first say nothing."""

    #: whether reports are asked for by whoever watches, which writes them down
    draws = False
    stop = False

    def see(self, kind, **event):
        """Something happened: start, iteration, metric, checkpoint, log."""

    def ended(self, kind, iteration, reason=None):
        """How the run ended: done, stopped, failed."""

    def refused(self, sentence):
        """It could not begin."""


class Person(Nobody):
    """Text on the error output."""

    def see(self, kind, **event):
        if kind == 'log':
            print(event['text'], file=sys.stderr, flush=True)
        elif kind == 'iteration' and event['iteration'] % 100 == 0:
            logged = event['logged']
            shown = logged['losses'] or logged['objectives']
            losses = ', '.join(f'{name} {value:.4g}' for name, value in shown.items())
            print(f"iteration {event['iteration']}: {losses}", file=sys.stderr, flush=True)

    def refused(self, sentence):
        print(f'error: {sentence}', file=sys.stderr, flush=True)


class Lines(Person):
    """Events as JSON lines on the standard output."""

    def see(self, kind, **event):
        print(json.dumps({'kind': kind, **event}), flush=True)


#: what ganc answers once it is gone
GONE = {'do': 'interrupted'}


class Ganc(Nobody):
    """The command that started this process. If it is gone, the run is stopped as if it had asked."""

    draws = True

    def __init__(self, pause):
        """`pause`: seconds between two words about iterations."""
        # What libraries print must not come between two messages.
        self.out = os.fdopen(os.dup(1), 'wb')
        os.dup2(2, 1)
        self.pause, self.stop, self.asked, self.said = pause, False, queue.Queue(), 0.0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while (message := pipe.receive(sys.stdin.buffer)) is not None:
            if message[0]['do'] == 'stop':
                self.stop = True
            else:
                self.asked.put(message)
        self.stop = True
        self.asked.put((GONE, {}))

    def _send(self, header, tensors=()):
        try:
            pipe.send(self.out, header, tensors)
        except BrokenPipeError:
            self.stop = True

    def see(self, kind, **event):
        now = time.monotonic()
        if kind == 'iteration' and now - self.said < self.pause:
            return
        if kind == 'iteration':
            self.said = now
        self._send({'event': {'kind': kind, **event}})

    def ended(self, kind, iteration, reason=None):
        told = {} if reason is None else {'reason': reason}
        self._send({'ended': {'kind': kind, 'iteration': iteration, **told}})

    def refused(self, sentence):
        self._send({'refused': sentence})

    def look(self, program, asked):
        """Lets ganc look at the state, before or after an iteration, and say whether the run is well."""
        self._served(program, asked)

    def report(self, program, asked):
        """ganc's answer once it has drawn them, {rows, best}; None if it gave them up."""
        header = self._served(program, asked)
        return header if header['do'] == 'reported' else None

    def _served(self, program, asked):
        """Answers what ganc asks of the state, until it says that it is done."""
        self._send(asked)
        while True:
            header, tensors = self.asked.get()
            if header is GONE:
                # Whatever is asked next has no answer either: two looks may lie before the iteration's end.
                self.asked.put((GONE, {}))
                return header
            if header['do'] == 'report':
                self._send({}, pipe.report(program, header, tensors))
            elif header['do'] == 'read':
                self._send({}, program.read(header.get('names')))
            else:
                return header
