"""Dateline's chat in a browser: a Gradio page served from this machine, for this machine.

Gradio takes seconds to import, so nothing here imports it before it is needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from rag.archive import Archive
    from rag.config import Settings
    from rag.web.server import Server

__all__ = ["build", "launch", "start"]

# Read by Gradio when it is imported: with it set, no outside host is even looked up.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def launch(
    path: str = "index",
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    settings: Settings | None = None,
) -> None:
    """Serve the chat over the index at `path` until it is stopped with Ctrl-C.

    The index is made where there is none. Without a `port` it is 7860, or the next free one.
    Raises ConfigError for a `port` that cannot be had, and what `Archive.open` raises.
    """
    from rag.archive import Archive
    from rag.web.server import serve

    with Archive.open(path, settings=settings) as archive:
        serve(archive, host=host, port=port, open_browser=open_browser)


def start(archive: Archive, *, host: str = "127.0.0.1", port: int | None = None) -> Server:
    """Serve the chat over an open archive in the background; `url` says where, `close()` ends it.

    Port 0 takes any free one. Raises ConfigError for a `port` that cannot be had.
    """
    from rag.web.server import Server

    return Server(archive, host=host, port=port)


def build(archive: Archive) -> gr.Blocks:
    """The page over an open archive, not served yet."""
    from rag.web.page import Page

    return Page(archive).blocks
