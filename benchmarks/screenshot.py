"""Make docs/chat.png again: a question about the samples, answered, with its source open.

    python benchmarks/screenshot.py [QUESTION]

Needs Debian's chromium package and Playwright for Python (`pip install .[test]`).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from rag import Archive
from rag.web import start

ROOT = Path(__file__).parents[1]
QUESTION = "How many members voted to bring down the Vass government?"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main(question: str = QUESTION) -> None:
    """Ask the question in a browser and save what is to be seen."""
    picture = ROOT / "docs" / "chat.png"
    picture.parent.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, Archive.open(folder) as archive:
        archive.add(ROOT / "samples" / "articles")
        server = start(archive, port=0)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            page = browser.new_page(
                viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
            )
            page.goto(f"{server.url}?__theme=light")
            box = page.get_by_role("textbox", name="Question")
            box.fill(question)
            box.press("Enter")
            page.locator(".turn.done").wait_for()
            page.locator("blockquote a").first.click()
            page.locator("#panel mark.cited").first.wait_for()
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=picture)
            browser.close()
        server.close()
    print(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
