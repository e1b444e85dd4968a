from threading import Thread

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
