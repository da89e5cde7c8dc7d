#!/usr/bin/env bash
# Adds to bench/.venv what tests hold ganc's files against: ONNX's checker and onnxruntime's Python package (exported
# networks, docs/export.md), TensorBoard's reader (event files; it needs no TensorFlow) and Pillow (it makes the awkward
# pictures of test/cases/faults/data). Run bench/setup-pytorch.sh first; run this again at any time: what is there is kept.
set -euo pipefail
cd "$(dirname "$0")"

fail() { echo "setup-packages: $*" >&2; exit 1; }
py=.venv/bin/python
[ -x "$py" ] || fail 'there is no bench/.venv: run bench/setup-pytorch.sh first'

# TensorBoard 2.20 imports pkg_resources, which setuptools 81 no longer has.
"$py" -m pip install --quiet --disable-pip-version-check \
  onnx==1.23.2 onnxruntime==1.32.0 tensorboard==2.20.0 pillow==12.3.0 'setuptools>=77,<81' ||
  fail "pip could not install them: is the package registry reachable, and does it have them for $("$py" --version)?"
"$py" -c 'import onnx, onnxruntime, tensorboard.version, PIL
print(f"bench/.venv: onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, TensorBoard {tensorboard.version.VERSION}, Pillow {PIL.__version__}")'
