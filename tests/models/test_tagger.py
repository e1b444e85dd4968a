import subprocess
import sys
from threading import Thread

import pytest

from rag.models import tagger

TEXT = "Kremlin spokesman Dmitry Peskov warned of escalation on February 26, 2024."


def test_names_and_dates_are_found_in_order():
    first, second = tagger.name([TEXT, "Nobody spoke."])
    found = {entity.text: entity.label_ for entity in first.ents}
    assert found["Dmitry Peskov"] == "PERSON"
    assert found["February 26, 2024"] == "DATE"
    assert TEXT[first.ents[0].start_char : first.ents[0].end_char] == first.ents[0].text
    assert not second.ents


def test_syntax_and_parts_of_speech_are_found():
    (doc,) = tagger.parse([TEXT])
    verb = next(token for token in doc if token.text == "warned")
    assert (verb.pos_, verb.dep_) == ("VERB", "ROOT")
    assert [token.text for token in verb.children if token.dep_ == "nsubj"] == ["Peskov"]


def test_threads_may_share_it():
    found = []
    threads = [
        Thread(target=lambda: found.append([e.text for e in next(tagger.name([TEXT])).ents]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(names == found[0] for names in found)


def in_a_new_process(script):
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=240
    )
    return run.stdout.split()


def test_names_are_told_with_a_parse_or_after_it():
    text = "Ada Marsh met Otto Lund in Paris."
    (whole,), (bare,) = tagger.parse([text]), tagger.parse([text], names=False)
    assert not bare.ents
    tagger.add_names([bare])
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
