from hypothesis import given
from hypothesis import strategies as st

from rag import Article
from rag.analysis.changes import find_changes

OLD = "The dam broke on Monday. Seventeen people died. Five are missing. The mayor resigned."


def told(old, new):
    older, newer = Article("a", old), Article("a", new)
    return [
        (
            change.kind,
            change.before and old[change.before.start : change.before.end],
            change.after and new[change.after.start : change.after.end],
        )
        for change in find_changes(older, newer)
    ]


def test_each_kind_of_change_is_told_with_both_places():
    new = (
        "The dam broke on Monday. Nineteen people died. Five are missing.\n\n"
        "The search goes on. It is the worst flood since 1931."
    )
    assert told(OLD, new) == [
        ("replaced", "Seventeen people died.", "Nineteen people died."),
        (
            "replaced",
            "The mayor resigned.",
            "The search goes on. It is the worst flood since 1931.",
        ),
    ]
    assert told(OLD, OLD.replace(" Five are missing.", "")) == [
        ("removed", "Five are missing.", None)
    ]
    assert told(OLD, f"{OLD} Rain goes on.") == [("added", None, "Rain goes on.")]


def test_white_space_is_no_change():
    assert told(OLD, OLD.replace(". ", ".\n\n").replace("people died", "people  died")) == []


SENTENCES = st.lists(st.sampled_from(["One came.", "Two went.", "Three stayed."]), min_size=1)


@given(SENTENCES, SENTENCES)
def test_the_changes_make_the_newer_of_the_older(old, new):
    before, after = " ".join(old), " ".join(new)
    made, at = "", 0
    for change in find_changes(Article("a", before), Article("a", after)):
        if change.before:
            made += before[at : change.before.start]
            at = change.before.end
        elif change.after:  # what is put in stands after as much as stands before it there
            kept = len(" ".join((made + before[at:]).split()))
            upto = " ".join(after[: change.after.start].split())
            while at < len(before) and len(" ".join(made.split())) < min(len(upto), kept):
                made += before[at]
                at += 1
        if change.after:
            made += f" {after[change.after.start : change.after.end]} "
    made += before[at:]
    assert "".join(made.split()) == "".join(after.split())
