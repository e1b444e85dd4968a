import threading

import pytest

from rag.tracing import Trace, stage


def spin(name, times=1):
    for _ in range(times):
        with stage(name):
            sum(range(1_000))


def test_each_stage_is_timed_by_its_name():
    with Trace() as trace:
        spin("words")
        spin("fuse")
    assert trace.seconds.keys() == {"words", "fuse"}
    assert all(taken > 0 for taken in trace.seconds.values())


def test_a_stage_that_runs_again_adds_to_its_time():
    with Trace() as trace:
        spin("words")
        once = trace.seconds["words"]
        spin("words", times=3)
    assert trace.seconds["words"] > once


def test_nothing_is_kept_outside_of_a_trace():
    with Trace() as trace:
        pass
    spin("words")
    assert trace.seconds == {}


def test_a_trace_inside_another_leaves_it_as_it_was():
    with Trace() as outer:
        with Trace() as inner:
            spin("words")
        spin("fuse")
    assert (list(outer.seconds), list(inner.seconds)) == (["fuse"], ["words"])


def test_a_stage_that_fails_is_timed_and_its_error_is_seen():
    with Trace() as trace, pytest.raises(ZeroDivisionError), stage("words"):
        1 / 0  # noqa: B018
    assert trace.seconds["words"] > 0


def test_what_another_thread_does_is_not_counted():
    with Trace() as trace:
        thread = threading.Thread(target=spin, args=("words",))
        thread.start()
        thread.join()
    assert trace.seconds == {}
