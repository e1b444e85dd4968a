"""A terminal, and how text from outside is made safe for it.

Article text is hostile until shown otherwise: everything that comes from outside goes through
`clean` or `one_line`, and nothing is read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from rag.types import Progress

MAX_WIDTH = 100

# Controls other than tab and newline could move the cursor, recolour or retitle the terminal;
# marks that override the direction of writing could make a line read as something else; half a
# character, as in a file name that is not UTF-8, cannot be printed.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with every character that a terminal would obey replaced by a visible one."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The cleaned text on a single line."""
    return clean(" ".join(text.split()))


class Screen(Console):
    """A terminal, file or pipe that text is printed to as it stands, without any markup.

    Colours appear only on a terminal, and not where NO_COLOR is set; lines are wrapped to the
    terminal's width, or to 80 columns.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        """Leave it to the caller, who knows the exit code."""
        raise BrokenPipeError

    @property
    def text_width(self) -> int:
        """The width to wrap running text to, in columns."""
        return min(self.width, MAX_WIDTH)

    def show(self, lines: Iterable[Text]) -> None:
        """Print lines that are already wrapped; longer ones, such as URLs, stay whole."""
        for line in lines:
            self.print(line, soft_wrap=True)

    def wrapped(self, text: Text, *, indent: int = 0, first: str = "") -> Iterator[Text]:
        """The text's lines, `indent` columns in; `first` stands in the first line's indent."""
        for line in text.wrap(self, max(self.text_width - indent, 20)):
            line.rstrip()
            yield Text.assemble(f"{first:<{indent}}", line)
            first = ""


@contextmanager
def progress_shown(name: str, screen: Screen) -> Iterator[Callable[[Progress], None]]:
    """Something to report progress to: a bar on a terminal, else a line every 100 articles."""
    if not screen.is_terminal:
        yield _ProgressLines(screen)
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    label = TextColumn("{task.description}", markup=False)
    columns = (label, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    name = one_line(name)
    with Bar(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def update(progress: Progress) -> None:
            description = f"{name}: {progress.articles:,} articles"
            if progress.fraction is None:
                bar.update(task, description=description)
            else:
                bar.update(task, description=description, total=1, completed=progress.fraction)

        yield update


class _ProgressLines:
    """Progress for a log: one plain line for every hundred articles."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.hundreds = 0

    def __call__(self, progress: Progress) -> None:
        if progress.articles // 100 > self.hundreds:
            self.hundreds = progress.articles // 100
            share = "" if progress.fraction is None else f" ({progress.fraction:.0%})"
            self.screen.show([Text(f"{progress.articles:,} articles{share} ...")])
