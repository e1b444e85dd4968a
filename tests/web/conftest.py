"""A browser that tolerates no error and no request to outside, and an index to show in it."""

import os
import shutil
from pathlib import Path

import pytest
from web_shelf import Shelf

SAMPLES = Path(__file__).parents[2] / "samples" / "articles"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI=true requires the browser tests")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # for a machine that is busy with other things
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(chromium):
    # One for all tests, so that the scripts of the page are read and compiled only once.
    context = chromium.new_context(
        permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def visit(context):
    """Opens a page at a URL; the test fails on its errors and on requests to anywhere else.

    `tolerate` is a part of the one error that a test brings about on purpose.
    """
    pages, wrong = [], []

    def open_page(url, *, width=1280, height=800, theme="light", tolerate=None):
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})

        def on_console(said):
            if said.type == "error" and not (tolerate and tolerate in said.text):
                wrong.append(said.text)

        def on_dialog(dialog):
            wrong.append(f"dialog {dialog.message}")
            dialog.accept()

        def on_request(request):
            if not request.url.startswith((url, "data:", f"blob:{url}")):
                wrong.append(f"request to {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", on_dialog)
        page.on("request", on_request)
        page.goto(f"{url}?__theme={theme}")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not wrong


@pytest.fixture(scope="session")
def stage():
    """A shelf that is served, and where."""
    from rag.web import start

    shelf = Shelf()
    server = start(shelf, port=0)
    yield shelf, server.url
    server.close()


@pytest.fixture
def chat(stage, visit):
    """Opens the chat over a shelf of these articles; with a `gate`, it waits there."""
    shelf, url = stage

    def open_chat(*articles, gate=None, **view):
        shelf.reset(articles, gate)
        return visit(url, **view)

    yield open_chat
    shelf.reset()


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory):
    """An index of the samples, made with the real models; not to be written to."""
    from rag import Archive

    path = tmp_path_factory.mktemp("samples") / "index"
    with Archive.open(path) as archive:
        assert archive.add(SAMPLES).added
    return path
