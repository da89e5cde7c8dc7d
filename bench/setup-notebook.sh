#!/usr/bin/env bash
# Makes bench/.venv-notebook, in which test/long/notebook.spec.ts runs the cells of examples/notebook. Run it again at
# any time: what is there is kept. PYTHON=python3.12 takes another Python.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "setup-notebook: there is no $python: install Python 3.10 or later" >&2; exit 1; }
[ -x .venv-notebook/bin/pip ] || "$python" -m venv .venv-notebook
.venv-notebook/bin/python -m pip install --quiet --disable-pip-version-check nbclient==0.10.4 ipykernel==7.1.0
.venv-notebook/bin/python -c 'import nbclient; print(f"bench/.venv-notebook: nbclient {nbclient.__version__}")'
