#!/usr/bin/env bash
# Adds ONNX's checker and onnxruntime's Python package to bench/.venv, for the tests and the table of exported networks
# (docs/export.md). Run bench/setup-pytorch.sh first; run this again at any time: what is there is kept.
set -euo pipefail
cd "$(dirname "$0")"

fail() { echo "setup-onnx: $*" >&2; exit 1; }
py=.venv/bin/python
[ -x "$py" ] || fail 'there is no bench/.venv: run bench/setup-pytorch.sh first'
wanted='onnx==1.23.2 onnxruntime==1.32.0'
have() { "$py" -c 'import onnx, onnxruntime; print(f"onnx=={onnx.__version__} onnxruntime=={onnxruntime.__version__}")' 2>/dev/null; }
if [ "$(have || true)" != "$wanted" ]; then
  # shellcheck disable=SC2086
  "$py" -m pip install --quiet --disable-pip-version-check $wanted ||
    fail "pip could not install $wanted: is the package registry reachable, and does it have them for $("$py" --version)?"
fi
echo "bench/.venv: $(have)"
