"""Serving: ports, headers, the page of an article, a clean end, and nothing that leaves."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from web_shelf import Shelf, article

from rag import Archive, BackendError, ConfigError
from rag.types import make_id

ROOT = Path(__file__).parents[2]

RAIN = article(1, "Rain fell.\n\nThe <b>river</b> rose & rose.", title="Rain & <i>river</i>")


def get(url: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def running():
    from rag.web import start

    shelf = Shelf([RAIN])
    server = start(shelf, port=0)
    yield server.url
    server.close()


def article_url(running: str, *spans: tuple[str, str], **query: str) -> str:
    return f"{running}article?{urlencode([*query.items(), *spans])}"


def test_every_response_carries_the_policy(running):
    for path in ("", "article?id=a1", "config", "nowhere/at/all"):
        _, headers, _ = get(running + path)
        policy = dict(
            part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
        assert "http" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_needs_nothing_from_elsewhere(running):
    _, _, page = get(running)
    assert '"title":"Dateline"' in page.replace(": ", ":")
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(https?:[^\"]*)", page)
    assert not loaded
    assert "fonts.googleapis" not in page


def test_another_host_name_that_points_here_gets_nothing(running):
    status, _, text = get(running + "article?id=a1", Host="evil.example")
    assert status == 400
    assert "Rain" not in text


def test_an_article_has_a_page_of_its_own(running):
    query = {"id": "a1", "version": make_id(RAIN.text), "at": "0-10", "also": "12-15"}
    status, headers, page = get(article_url(running, **query))
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>Rain &amp; &lt;i&gt;river&lt;/i&gt; · Dateline</title>" in page
    assert '<mark class="cited">Rain fell.</mark>' in page
    assert '<mark class="also">The</mark> &lt;b&gt;river&lt;/b&gt; rose &amp; rose.' in page
    _, _, part = get(article_url(running, **query, part=""))
    assert part.startswith("<article")
    assert part in page


@pytest.mark.parametrize(
    "span", ["", "x", "5", "-1-3", "5-2", "3-3", "0-9999", "1-2-3", "٠-٣", "1e1-20"]
)
def test_a_span_that_is_none_marks_nothing(running, span):
    status, _, page = get(article_url(running, id="a1", at=span, also=span))
    assert status == 200
    assert "river" in page
    assert "<mark" not in page


def test_an_article_that_is_not_there_is_said_to_be_gone(running):
    status, _, page = get(article_url(running, id="a2"))
    assert status == 404
    assert "This article has been removed from the index." in page
    status, _, part = get(article_url(running, id="a2", part=""))
    assert status == 200
    assert "This article has been removed from the index." in part


def test_an_index_that_cannot_be_read_is_said_in_one_line():
    from rag.web import start

    shelf = Shelf([RAIN])
    shelf.error = BackendError("store", "the disk is gone")
    server = start(shelf, port=0)
    try:
        status, _, page = get(article_url(server.url, id="a1"))
    finally:
        server.close()
    assert status == 503
    assert "The article cannot be shown: store: the disk is gone" in page


def test_a_changed_article_marks_nothing(running):
    _, _, page = get(article_url(running, id="a1", at="0-10", version=make_id("older text")))
    assert "changed since it was quoted" in page
    assert "<mark" not in page


def test_a_taken_port_is_an_error_where_it_was_asked_for():
    from rag.web import start

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"^port {port} is taken; choose another"):
            start(Shelf(), port=port)
    for port in (-1, 70_000):
        with pytest.raises(ConfigError, match="must lie between 0 and 65535"):
            start(Shelf(), port=port)
    with pytest.raises(ConfigError, match=r"^cannot listen on 203\.0\.113\.7, port 0: "):
        start(Shelf(), host="203.0.113.7", port=0)


def test_without_a_port_the_next_free_one_is_taken(monkeypatch):
    from rag.web import server

    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(server, "FIRST_PORT", taken)
        running = server.Server(Shelf())
        try:
            assert taken < running.port < taken + server.PORTS_TRIED
            assert running.moved
            assert get(running.url)[0] == 200
        finally:
            running.close()
    with pytest.raises(ConnectionRefusedError):
        get(running.url)


def test_what_keeps_the_page_from_being_built_is_raised(monkeypatch):
    from rag.web import server

    def broken(archive):
        raise ConfigError("no page today")

    monkeypatch.setattr(server, "Page", broken)
    with pytest.raises(ConfigError, match="no page today"):
        server.Server(Shelf(), port=0)


@pytest.fixture
def process():
    """Starts Python with these arguments; gives its output line by line."""
    started = []

    def run(*arguments: str, cwd: Path = ROOT) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(child)
        return child

    yield run
    for child in started:
        child.kill()
        child.communicate()


@pytest.mark.usefixtures("_ctrl_c_works")
@pytest.mark.parametrize("command", [["ui.py"], ["-m", "rag.cli", "serve"]])
def test_it_is_started_in_one_line_and_ends_cleanly(process, tmp_path, command):
    if command == ["-m", "rag.cli", "serve"]:
        command = ["-c", "import sys; from rag.cli import main; sys.exit(main())", "serve"]
    child = process(*command, "--index", str(tmp_path / "index"), "--port", "0")
    said = child.stdout.readline()
    url = re.fullmatch(r"Dateline is at (http://127\.0\.0\.1:\d+/) \(Ctrl-C stops it\)\n", said)
    assert url, said + child.stderr.read()
    assert get(url[1])[0] == 200
    address = urlsplit(url[1])
    with socket.create_connection((address.hostname, address.port), timeout=30) as open_page:
        # An open page holds this connection for as long as it is open.
        open_page.sendall(b"GET /gradio_api/heartbeat/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert open_page.recv(100).startswith(b"HTTP/1.1 200")
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=60)
    assert child.returncode == 0
    assert out == "\nStopped.\n"
    assert not errors
    with Archive.open(tmp_path / "index", create=False) as archive:
        assert archive.status().articles == 0


def test_a_taken_port_is_one_line_on_the_command_line(process, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        child = process("ui.py", "--index", str(tmp_path / "index"), "--port", port)
        out, errors = child.communicate(timeout=60)
    assert child.returncode == 2
    assert not out
    assert len(errors.splitlines()) == 1
    assert f"port {port} is taken" in errors


WATCHED = """
import sys
sys.path.insert(0, "tests/web")
seen = []
def watch(event, arguments):
    if event == "socket.connect":
        seen.append(str(arguments[1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.append(str(arguments[0]))
sys.addaudithook(watch)
from web_shelf import Shelf, article
from rag.web import start
server = start(Shelf([article(1, "Rain fell.")]), port=0)
from gradio_client import Client
client = Client(server.url, verbose=False, analytics_enabled=False)
assert client.predict("Rain?", api_name="/ask")["citations"]
client.close()
server.close()
print(*{name for name in seen if "127.0.0.1" not in name}, sep="\\n", end="")
"""


def test_no_other_host_is_called_or_looked_up(process):
    child = process("-c", WATCHED)
    out, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    assert out == ""


def test_importing_the_web_package_does_not_import_gradio(process):
    child = process("-c", "import sys, rag.web; print('gradio' in sys.modules)")
    assert child.communicate(timeout=60)[0] == "False\n"
