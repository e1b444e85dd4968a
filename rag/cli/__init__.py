"""The command line, `dateline`: words become calls of Archive, and what it returns becomes text."""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from contextlib import suppress

from rag.cli.common import FAILED, INTERRUPTED, PIPE_CLOSED, complain, message
from rag.cli.parser import build_parser
from rag.errors import RagError


def main(argv: Sequence[str] | None = None) -> int:
    """Run `dateline` with these arguments, or those of the process; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character that it cannot show is no error
            stream.reconfigure(errors="backslashreplace")
    args = build_parser().parse_args(argv)
    args.index_given = args.index is not None
    args.index = args.index or os.environ.get("DATELINE_INDEX") or "index"
    if not args.debug:  # what libraries say to programmers
        warnings.simplefilter("ignore")
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as `head`, has gone; nothing may be said to it, not even at exit.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except (RagError, OSError) as error:
        if args.debug:
            traceback.print_exc()
        else:
            complain(message(error))
        return FAILED
    return code
