"""Signs of life between the ranks of a run, by the store that torchrun keeps: each says every two seconds how many collectives
it has begun, and hears from all others. A process that waits in a collective learns so, within a minute, which rank it waits
for, says it, and ends. In: what a rank does; out: the sentence about the rank that is lost.

Nothing else would tell: a machine that is gone answers nothing, a stopped process keeps its connections, and a collective on
a card waits without a word.
"""

import os
import threading
import time
from datetime import timedelta

import torch.distributed as dist

#: Seconds between two beats; after which a rank that is silent is lost; by which it may be behind in the middle of an
#: iteration; and after which it is looked at anew whether a rank that broke a collective is silent.
beat, silent, behind, soon = 2, 20, 45, 6


class Beats:
    """The beats of this process, and what it hears."""

    def __init__(self, index, size):
        self.index, self.size = index, size
        self.begun, self.busy, self.over = 0, False, threading.Event()
        #: of each rank: what it said last, and when that was new
        self.heard = {}
        turn = os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')
        self.keys = [f'ganc/{turn}/beat/{rank}' for rank in range(size)]
        place = os.environ['MASTER_ADDR'], int(os.environ['MASTER_PORT'])
        # A connection of its own: the group's may be waiting for something.
        self.store = dist.TCPStore(*place, is_master=False, timeout=timedelta(seconds=silent))
        self._say(0)
        self.store.wait(self.keys, timedelta(seconds=300))

    def start(self, lost):
        """Beats until `end`; `lost`: is told, by a sentence, which rank is lost, and then the process ends."""
        threading.Thread(target=self._go, args=[lost], daemon=True).start()

    def end(self):
        """This rank has ended as it should, and is not waited for."""
        self.over.set()
        try:
            self.store.set(self.keys[self.index], 'left')
        except RuntimeError:
            # Whoever keeps the store has ended too.
            pass

    def culprit(self):
        """The rank that was silent since a collective broke, in words; None if all are there."""
        # What it said last may not have been heard yet.
        time.sleep(1.5 * beat)
        before = dict(self.heard)
        time.sleep(soon)
        quiet = [rank for rank in range(self.size) if rank != self.index and before.get(rank) == self.heard.get(rank)]
        return f"{_ranks(quiet)} {'is' if len(quiet) == 1 else 'are'} gone" if quiet else None

    # ------------------------------------------------------------ the thread

    def _say(self, number):
        self.store.set(self.keys[self.index], f'{number} {self.begun} {int(self.busy)}')

    def _go(self, lost):
        number, reached = 0, time.monotonic()
        while not self.over.wait(beat):
            number += 1
            now = time.monotonic()
            try:
                self._say(number)
                self._hear([said.decode() for said in self.store.multi_get(self.keys)], now)
                reached, sentence = now, self._lost(now)
            except RuntimeError as error:
                # What the store raises has no class of its own in every version.
                sentence = f'the store of the ranks does not answer: {error}' if now - reached > silent else None
            if sentence is not None and not self.over.is_set():
                lost(sentence)

    def _hear(self, words, now):
        for rank, said in enumerate(words):
            begun = said.split()[1] if said != 'left' else None
            known, since, at, moved = self.heard.get(rank, (None, now, None, now))
            self.heard[rank] = said, since if said == known else now, begun, moved if begun == at else now

    def _lost(self, now):
        """Who is lost, in a sentence; None while all are well."""
        others = [(rank, heard) for rank, heard in self.heard.items() if heard[0] != 'left' and rank != self.index]
        quiet = [rank for rank, (_, since, _, _) in others if now - since > silent]
        if quiet:
            return f'nothing was heard of {_ranks(quiet)} for {silent} seconds'
        late = [
            rank for rank, (said, _, begun, moved) in others
            if int(begun) < self.begun and now - moved > behind and said.split()[2] == '0'
        ]
        return f'this process waited {behind} seconds for {_ranks(late)}' if late else None


def _ranks(numbers):
    """rank 2, ranks 0, 1 and 3"""
    *first, last = map(str, numbers)
    return f"ranks {', '.join(first)} and {last}" if first else f'rank {last}'
