"""Serving the page: the port, the headers, and the articles that it shows beside the chat."""

from __future__ import annotations

import asyncio
import errno
import io
import logging
import re
import socket
import sys
import threading
import webbrowser
from concurrent.futures import Future
from contextlib import redirect_stderr
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from rag.errors import ConfigError, RagError
from rag.types import Span, make_id
from rag.web.page import Page
from rag.web.render import article_gone, article_view, note
from rag.web.theme import theme

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rag.archive import Archive

FIRST_PORT = 7860
PORTS_TRIED = 100
MAX_UPLOAD = "200mb"

# Gradio's page holds inline scripts and compiles its templates, so both must be allowed; that no
# script comes from an article is the business of rag.web.render. All else stays on this server.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server:
    """The chat over an open archive, served by a thread of this process from the start.

    `url` is the address to open, `moved` says whether that is another port than the usual one
    because that was taken.
    """

    def __init__(
        self, archive: Archive, *, host: str = "127.0.0.1", port: int | None = None
    ) -> None:
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.moved = port is None and self.port != FIRST_PORT
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(archive, host)), name="dateline-web", daemon=True
        )
        self._thread.start()
        try:
            self._ready.result()
        except BaseException:
            self._socket.close()
            raise

    async def _run(self, archive: Archive, host: str) -> None:
        # The page is built here because Gradio, where it finds no running loop, leaves some of
        # its own behind.
        try:
            self._page = Page(archive)
            config = uvicorn.Config(
                _app(archive, self._page, host),
                log_level="warning",
                # An open page holds a connection for good; the end must not wait for it.
                timeout_graceful_shutdown=1,
            )
            self._server = uvicorn.Server(config)
        except BaseException as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        await self._server.serve(sockets=[self._socket])

    def wait(self) -> None:
        """Return when the server has ended."""
        while self._thread.is_alive():
            # With a limit, so that Ctrl-C gets through on every system.
            self._thread.join(1)

    def close(self) -> None:
        """End the server; conversations, and whatever is running in them, end with it."""
        # That an open page is cut off is no error to tell of.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._page.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def serve(
    archive: Archive, *, host: str = "127.0.0.1", port: int | None = None, open_browser: bool
) -> None:
    """Serve the chat until Ctrl-C, saying where it is."""
    server = Server(archive, host=host, port=port)
    try:
        if server.moved:
            _say(f"Port {FIRST_PORT} is taken.")
        _say(f"Dateline is at {server.url} (Ctrl-C stops it)")
        if open_browser:
            webbrowser.open(server.url)
        server.wait()
    except KeyboardInterrupt:
        _say("\nStopped.")
    finally:
        # Gradio prints the traceback of every answer that is cut off.
        with redirect_stderr(io.StringIO()):
            server.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket, so that from here on nobody else can take the port."""
    if port is not None and not 0 <= port <= 65535:
        raise ConfigError(f"port is {port}; it must lie between 0 and 65535")
    tried = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in tried:
        try:
            return socket.create_server((host, number), family=family, backlog=128)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                why = f"cannot listen on {host}, port {number}: {error.strerror or error}"
                raise ConfigError(why) from None
    if port is None:
        raise ConfigError(f"ports {tried[0]} to {tried[-1]} are all taken; choose one with --port")
    raise ConfigError(f"port {port} is taken; choose another, or none to take the next free one")


def _app(archive: Archive, page: Page, host: str) -> ASGIApp:
    def article(request: Request) -> HTMLResponse:
        return _article(archive, request)

    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, routes=[Route("/article", article)]
    )
    script, style = _asset("chat.js"), _asset("style.css")
    gr.mount_gradio_app(
        app,
        page.blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MAX_UPLOAD,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        theme=theme(),
        head=f"<style>{style}</style><script>{script}</script>",
    )
    served: ASGIApp = _Headers(app)
    if host in ("127.0.0.1", "localhost"):
        # Else a page elsewhere whose name is made to point here could read the articles.
        served = TrustedHostMiddleware(served, allowed_hosts=["127.0.0.1", "localhost"])
    return served


class _Headers:
    """Adds the security headers to every response, without touching its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _article(archive: Archive, request: Request) -> HTMLResponse:
    """An article with marked passages: a page of its own, or only its content for the panel."""
    query = request.query_params
    title, status = "Dateline", 200
    try:
        article = archive.get(query.get("id", ""))
    except RagError as error:
        view, status = note(f"The article cannot be shown: {error}", problem=True), 503
    else:
        if article is None:
            view, status = article_gone(), 404
        else:
            title = f"{article.title} · Dateline"
            size = len(article.text)
            at = [span for text in query.getlist("at") if (span := _span(text, size))]
            also = [span for text in query.getlist("also") if (span := _span(text, size))]
            changed = query.get("version", "") not in ("", make_id(article.text))
            view = article_view(article, at[0] if at else None, also, changed=changed)
    if "part" in query:
        # For the panel, which shows whatever it is.
        return HTMLResponse(view)
    return HTMLResponse(
        '<!doctype html><html lang=""><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_asset('style.css')}</style>"
        f'<body class="page">{view}</body></html>',
        status,
    )


def _span(text: str, size: int) -> Span | None:
    """The span that "10-60" names, or None where it is no stretch of a text of that size."""
    match = re.fullmatch(r"(\d{1,12})-(\d{1,12})", text, re.ASCII)
    if not match or not int(match[1]) < int(match[2]) <= size:
        return None
    return Span(int(match[1]), int(match[2]))


def _asset(name: str) -> str:
    return files("rag.web").joinpath(name).read_text(encoding="utf-8")
