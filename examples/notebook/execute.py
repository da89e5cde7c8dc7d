"""Runs a notebook's cells in a folder, each after the one before, and prints the notebook with what they gave.

    python execute.py NOTEBOOK FOLDER

A cell that raises ends it. What a `!` line answers is in the outputs and ends nothing: the reader of them decides.
"""

import sys

import nbformat
from nbclient import NotebookClient

path, folder = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=900, resources={'metadata': {'path': folder}}).execute()
print(nbformat.writes(notebook))
