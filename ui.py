"""Dateline's chat in a browser: `python ui.py [--index DIR] [--port N]`, as `dateline serve`."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
