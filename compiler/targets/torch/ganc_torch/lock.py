"""One process at a time trains a run: training.lock says which, by its number and its machine's name. ganc's own runtime/run/lock.ts
has why it is as it is: the two keep each other out.
"""

import os
import socket
import threading
import time
from pathlib import Path

from .errors import Refused

#: Seconds between two signs of life, and without one after which a holder on another machine counts as gone.
_beat, _silence = 30, 600


def taken(path):
    """Takes the run until the returned function is called; a lock of a process that died counts for nothing."""
    file, numbered = Path(path) / 'training.lock', Path(path) / 'training.pid'
    own = f'{os.getpid()}\n{socket.gethostname()}\n'
    if not _made(file, own):
        _take_over(path, file, own)
    numbered.write_text(str(os.getpid()))
    ended = threading.Event()
    threading.Thread(target=_live, args=(file, own, ended), daemon=True).start()

    def release():
        ended.set()
        if _text(file) == own:
            numbered.unlink(missing_ok=True)
            file.unlink(missing_ok=True)

    return release


def _live(file, own, ended):
    while not ended.wait(_beat):
        try:
            if _text(file) == own:
                os.utime(file)
        except OSError:
            pass  # A disk that fails for a moment: the next sign may come through.


def _made(file, text):
    """A file that wasn't there, whole; False where one is. Of several processes one makes it."""
    beside = file.with_name(f'.unfinished-{os.getpid()}-{file.name}')
    beside.write_text(text)
    try:
        os.link(beside, file)
    except FileExistsError:
        return False
    except OSError:
        # A disk without hard links.
        return _written(file, text)
    finally:
        beside.unlink(missing_ok=True)
    return True


def _written(file, text):
    try:
        with open(file, 'x') as made:
            made.write(text)
    except FileExistsError:
        return False
    return True


def _text(file):
    try:
        return file.read_text()
    except (OSError, ValueError):
        return ''


def _take_over(path, file, own):
    """Takes the lock over where its holder has died. Of several that want to, one at a time looks and does: another, which has
    looked before, would take away the lock that the first has put there since.
    """
    _require_unheld(path, file)
    guard = file.with_name(f'{file.name}.taken')
    if not _made(guard, own):
        try:
            _require_unheld(path, guard)
            # One that was killed in the middle of it stands in nobody's way for long.
            guard.unlink(missing_ok=True)
        except Refused:
            pass
        raise _being_started(path)
    try:
        _require_unheld(path, file)
        file.unlink(missing_ok=True)
        if not _made(file, own):
            raise _being_started(path)
    finally:
        guard.unlink(missing_ok=True)


def _being_started(path):
    return Refused(f'{path} is being started by another process: stop that one first')


def _require_unheld(path, file):
    number, _, rest = _text(file).partition('\n')
    host = rest.strip()
    if not number.isdigit() or int(number) == 0 or not host:
        return
    if host != socket.gethostname():
        if _age(file) < _silence:
            raise Refused(f'{path} is being trained by process {number} on {host}: stop that one first (or, if that is gone, delete {file}; ten minutes after its last sign of life it counts as gone)')
    elif int(number) != os.getpid() and _lives(int(number)):
        raise Refused(f'{path} is being trained by process {number}: stop that one first (or, if it trains nothing, delete {file})')


def _age(file):
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return _silence


def _lives(number):
    try:
        os.kill(number, 0)
    except PermissionError:
        return True  # Another user's.
    except (OSError, OverflowError):
        return False
    return True
