#!/usr/bin/env bash
# Puts TensorBoard into bench/.venv, whose reader the tests hold ganc's event files against. It needs no TensorFlow. Run it
# again at any time: what is there is kept.
set -euo pipefail
cd "$(dirname "$0")"

version=${TENSORBOARD:-2.20.0}
python=${PYTHON:-python3}
fail() { echo "setup-tensorboard: $*" >&2; exit 1; }

command -v "$python" >/dev/null || fail "there is no $python: install Python 3.10 or later"
[ -x .venv/bin/python ] || "$python" -m venv .venv || fail "$python has no venv: on Debian, apt-get install python3-venv"
py=.venv/bin/python
"$py" -c "import tensorboard.version as v; assert v.VERSION == '$version'" 2>/dev/null ||
  "$py" -m pip install --quiet --disable-pip-version-check "tensorboard==$version" 'setuptools>=77,<81' ||
  fail "pip could not install tensorboard $version: is the package registry reachable?"
echo "bench/.venv: TensorBoard $("$py" -c 'import tensorboard.version as v; print(v.VERSION)')"
