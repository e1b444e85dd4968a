import subprocess
import sys

import pytest


def in_a_new_process(script):
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=240
    )
    return run.stdout.split()


def test_names_are_told_with_a_parse_or_after_it():
    from rag.models.tagger import add_names, parse

    text = "Ada Marsh met Otto Lund in Paris."
    (whole,), (bare,) = parse([text]), parse([text], names=False)
    assert not bare.ents
    add_names([bare])
    assert [(each.text, each.label_) for each in bare.ents] == [
        (each.text, each.label_) for each in whole.ents
    ]
    assert [each.text for each in whole.ents] == ["Ada Marsh", "Otto Lund", "Paris"]


def test_spacy_is_loaded_without_torch():
    script = """
import sys
from rag.models.tagger import parse
parse(["Ada said no."])
print("spacy" in sys.modules, "torch" in sys.modules)"""
    assert in_a_new_process(script) == ["True", "False"]


def test_another_thread_imports_torch_while_spacy_is_loaded():
    pytest.importorskip("torch")
    script = """
from threading import Thread
from rag.models.tagger import parse
Thread(target=parse, args=(["Ada said no."],)).start()
import torch
print(torch.ones(1).item())"""
    assert in_a_new_process(script) == ["1.0"]


def test_an_article_without_speech_needs_no_spacy():
    script = """
import sys
from rag import Article
from rag.analysis.statements import find_statements
print(len(find_statements(Article("a", "The river rose.", "Rain"))), "spacy" in sys.modules)"""
    assert in_a_new_process(script) == ["0", "False"]
