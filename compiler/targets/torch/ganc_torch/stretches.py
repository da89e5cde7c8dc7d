"""Rows that are stretches of recordings, whole ones or segments of one length, and what stands beside each: another stretch of its
speaker, one of another speaker, the same said by that one. Which stand together is drawn for each row and pass over the rows,
by the rule and the numbers of ganc's own sources, whatever the run's seed.
"""

import functools

import torch

from . import philox

#: Draws of a row in a pass: which of the speaker's recordings, where in it, which other speaker, recording, and where in that.
_draws = 5


class Stretches:
    """`told`: how many recordings there are, frames of a row (None: all of its recording), the one class of others (None: any)."""

    def __init__(self, files, name, told, count):
        self.frames, self.to = told['frames'], told['to']
        recordings = files.table(f'{name}.recordings.bin', (told['recordings'], 3))
        self.lengths, self.speakers, self.texts = (column.contiguous() for column in recordings.unbind(1))
        self.starts = self.lengths.cumsum(0) - self.lengths
        self.recording, self.first = files.table(f'{name}.segments.bin', (count, 2)).unbind(1)

    def laid_out(self, told):
        """The shape that a field's numbers lie in: frame after frame of all recordings, or one for each recording."""
        return [int(self.lengths.sum()), *told['frame']] if 'frame' in told else [len(self.lengths)]

    # ------------------------------------------------------------ where

    def beside(self, names, rows, turns):
        """By name (own, same, other, parallel): recordings and first frames, each [runs, rows]."""
        recording, first = self.recording[rows], self.first[rows]
        found = {'own': (recording, first)}
        if set(names) - {'own'}:
            u = philox.of_rows('utterances', rows, turns, _draws)
            found['same'] = self._within(self._same(recording, u[..., 0]), u[..., 1])
            found['other'] = self._within(self._other(recording, u[..., 2], u[..., 3]), u[..., 4])
        if 'parallel' in names:
            found['parallel'] = (self._saying(self.texts[recording], self.speakers[found['other'][0]]), first)
        return found

    def places(self, told, recording, first):
        """What `taken` reads a field by: the first frame among all; where rows are whole recordings, which one."""
        return self.starts[recording] + first if 'frame' in told and self.frames is not None else recording

    @functools.cached_property
    def _listed(self):
        """Recordings in which a row fits, by speaker; each speaker's class, first place and how many; each one's place
        among its speaker's."""
        usable = (self.lengths >= (self.frames or 0)).nonzero()[:, 0]
        classes, order = self.speakers[usable].sort(stable=True)
        speakers, counts = classes.unique_consecutive(return_counts=True)
        starts = counts.cumsum(0) - counts
        among = torch.zeros_like(self.lengths)
        among[usable[order]] = torch.arange(len(usable)) - starts.repeat_interleave(counts)
        return usable[order], speakers, starts, counts, among

    def _speaker(self, classes):
        """Places of speakers, in the order of their classes."""
        return torch.searchsorted(self._listed[1], classes)

    def _same(self, recording, share):
        """Another recording of the speaker."""
        listed, _, starts, counts, among = self._listed
        speaker = self._speaker(self.speakers[recording])
        place = (share * (counts[speaker] - 1)).long()
        return listed[starts[speaker] + place + (place >= among[recording])]

    def _other(self, recording, who, share):
        """A recording of another speaker."""
        listed, speakers, starts, counts, _ = self._listed
        own = self._speaker(self.speakers[recording])
        other = (who * (len(speakers) - 1)).long()
        other += other >= own
        if self.to is not None:
            other = self._speaker(torch.full_like(own, self.to))
        return listed[starts[other] + (share * counts[other]).long()]

    def _within(self, recording, share):
        """A stretch of it, from a frame that the share says."""
        if self.frames is None:
            return recording, torch.zeros_like(recording)
        return recording, (share * (self.lengths[recording] - self.frames + 1)).long()

    @functools.cached_property
    def _by_text(self):
        """Speakers there may be, and recordings in the order of what is said and by whom."""
        many = int(self.speakers.max()) + 1
        return many, (self.texts * many + self.speakers).sort(stable=True)

    def _saying(self, text, speaker):
        """The recording in which the speaker says it."""
        many, (keys, order) = self._by_text
        return order[torch.searchsorted(keys, text * many + speaker)]

    # ------------------------------------------------------------ what

    def taken(self, data, told, places):
        """[rows, ...] of a field that has something for each frame; whole recordings are of one length."""
        starts, frames = places, self.frames
        if frames is None:
            starts, frames = self.starts.to(data.device)[places], int(self.lengths[int(places[0])])
        found = data[starts[:, None] + torch.arange(frames, device=data.device)]
        whole = found.permute(0, 2, 1, 3).reshape(len(places), told['frame'][0], -1)
        return whole.reshape(len(places), *told['shape']) if self.frames is not None else whole
