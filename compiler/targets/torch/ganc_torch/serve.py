"""Runs programs step by step for another process: requests on the standard input, answers on the standard output (pipe.py).
For samples, tests, and data that train.py doesn't read.
"""

import os
import sys
import traceback

import torch

from . import pipe
from .program import Program


class Server:
    """Programs with their states, by number."""

    def __init__(self):
        self.programs = {}

    def answer(self, header, tensors):
        """The answer to a request: header, tensors."""
        do, number = header['do'], header.get('program')
        if do == 'open':
            number = len(self.programs)
            self.programs[number] = Program(header['folder'], header['device'])
            self.programs[number].load(tensors)
            return {'program': number}, {}
        program = self.programs[number]
        if do == 'close':
            self.programs[number] = None
            return {}, {}
        if do == 'load':
            program.load(tensors)
            return {}, {}
        if do == 'read':
            return {}, program.read(header.get('names'))
        if do == 'step':
            numbers = program.step(header['graph'], pipe.feeds(program, tensors))
            # JSON has no word for numbers that are not finite.
            return {'numbers': {name: repr(value) for name, value in numbers.items()}}, {}
        return {}, pipe.report(program, header, tensors)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    # What libraries print must not come between two messages.
    out = os.fdopen(os.dup(1), 'wb')
    os.dup2(2, 1)
    server = Server()
    pipe.send(out, {'version': torch.__version__})
    while (message := pipe.receive(sys.stdin.buffer)) is not None:
        try:
            header, tensors = server.answer(*message)
        except Exception as error:  # the other side says it
            header, tensors = {'error': f'{type(error).__name__}: {error}', 'trace': traceback.format_exc()}, {}
        pipe.send(out, header, tensors)


if __name__ == '__main__':
    main()
