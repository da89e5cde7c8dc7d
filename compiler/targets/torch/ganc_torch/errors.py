"""Why a run ends before its end, each in one sentence for people."""


class Refused(Exception):
    """Nothing can be trained: the run directory, the data or the number of processes does not fit the program."""


class Diverged(Exception):
    """A loss is not finite; the state is as that update found it."""


class Lost(Exception):
    """Another process is gone or has other weights, or the run directory is."""
