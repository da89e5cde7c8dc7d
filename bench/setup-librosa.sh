#!/usr/bin/env bash
# Makes bench/.venv-librosa for bench/audio.ts: librosa, and what it needs (about 500 MB on the disk). Run it again at
# any time: what is there is kept. LIBROSA=0.11.0 takes another release; PYTHON=python3.12 another Python.
set -euo pipefail
cd "$(dirname "$0")"

librosa=${LIBROSA:-0.11.0}
python=${PYTHON:-python3}
fail() { echo "setup-librosa: $*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "there is no $python: install Python 3.10 or later"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "$python is older than 3.10"
if [ ! -x .venv-librosa/bin/python ]; then
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail "$python has no venv or pip: on Debian, apt-get install python3-venv"
  "$python" -m venv .venv-librosa
fi
py=.venv-librosa/bin/python
works() { "$py" -c "import librosa, sys; sys.exit(librosa.__version__ != '$librosa')" 2>/dev/null; }
works || "$py" -m pip install --quiet --disable-pip-version-check "librosa==$librosa" ||
  fail "pip could not install librosa $librosa: is the package registry reachable?"
works || fail "librosa $librosa is installed in bench/.venv-librosa, but does not import"
"$py" -c 'import librosa, numpy; print(f"bench/.venv-librosa: librosa {librosa.__version__}, numpy {numpy.__version__}")'
