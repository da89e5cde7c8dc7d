#!/usr/bin/env bash
# Makes bench/.venv with PyTorch for the comparisons in bench/. Run it again at any time: what is there is kept.
#
#   bench/setup-pytorch.sh           PyTorch for the CPU, 1.3 GB on the disk
#   bench/setup-pytorch.sh --cuda    with the CUDA packages that PyTorch asks for, several GB more
#
# The package registry's Linux wheel is linked against CUDA even where only the CPU is used. Without --cuda its CUDA
# packages are left out, and pytorch/cuda_stubs.py puts a small library in their place that answers "no device".
# TORCH=2.11.0 bench/setup-pytorch.sh takes another release; PYTHON=python3.12 another Python.
set -euo pipefail
cd "$(dirname "$0")"

torch=${TORCH:-2.15.0}
python=${PYTHON:-python3}
fail() { echo "setup-pytorch: $*" >&2; exit 1; }

case "${1:-}" in
  '') cuda=no ;;
  --cuda) cuda=yes ;;
  *) fail "unknown option $1; there is only --cuda" ;;
esac

command -v "$python" >/dev/null || fail "there is no $python: install Python 3.10 or later"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || fail "$python is older than 3.10"
if [ ! -x .venv/bin/python ]; then
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail "$python has no venv or pip: on Debian, apt-get install python3-venv"
  "$python" -m venv .venv
fi
py=.venv/bin/python
[ -x .venv/bin/pip ] || "$py" -m ensurepip >/dev/null || fail 'the environment bench/.venv has no pip: delete it and try again'

works() {
  "$py" - "$torch" "$cuda" <<'PY' 2>/dev/null
import sys
import torch
version, cuda = sys.argv[1:]
same = torch.__version__.split("+")[0] == version
multiplied = (torch.ones(2, 2) @ torch.ones(2, 2)).sum().item() == 8
sys.exit(not (same and multiplied and (cuda == "no" or torch.cuda.is_available())))
PY
}

install() {
  "$py" -m pip install --quiet --disable-pip-version-check "$@" ||
    fail "pip could not install $*: is the package registry reachable, and does it have this release for $("$py" --version)?"
}

if ! works; then
  if [ "$cuda" = yes ]; then
    rm -f .venv/lib/python*/site-packages/torch/lib/libcuda_absent.so
    find .venv/lib/python*/site-packages/torch/lib -xtype l -delete 2>/dev/null || true
    install numpy "torch==$torch"
    works || fail "PyTorch $torch is installed in bench/.venv, but finds no CUDA device (is there a driver? try nvidia-smi)"
  else
    install numpy sympy networkx jinja2 filelock fsspec typing_extensions 'setuptools>=77'
    install --no-deps "torch==$torch"
    if ! works; then
      command -v cc >/dev/null && command -v readelf >/dev/null ||
        fail 'this PyTorch wants CUDA libraries; to do without them, install a C compiler and binutils, or use --cuda'
      "$py" pytorch/cuda_stubs.py .venv/lib/python*/site-packages/torch/lib
    fi
    works || { "$py" -c 'import torch' || true; fail "PyTorch $torch does not import"; }
  fi
fi
"$py" -c 'import torch; print(f"bench/.venv: PyTorch {torch.__version__}, {torch.get_num_threads()} threads, CUDA device: {torch.cuda.is_available()}")'
