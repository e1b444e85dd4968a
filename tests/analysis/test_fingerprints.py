import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.analysis.fingerprints import (
    BAND_ROWS,
    COPY,
    candidates,
    fingerprint,
    is_copy,
    similarities,
    similarity,
)

DAM = """VARROW, Calvora (NPB) — At least nine people were killed early on Friday when a spillway \
gate at the Kessen Dam gave way after three days of heavy rain, sending a wall of water down the \
valley and into the town of Varrow, officials said.

Colonel Dara Winsley, who heads the emergency service of the province, said that the gate failed \
at 2:40 a.m. and that the first houses, 11 kilometres downstream, were under water 25 minutes \
later. The number of dead was likely to rise, she said, because some streets near the river could \
not yet be reached.

"We have boats in places where yesterday there were bus stops," Winsley told reporters at the \
town's fire station. "Everyone we could reach before daylight was on a roof."

The dam, a concrete wall 61 metres high that was finished in 1968, holds back the country's \
second-largest reservoir. Oskar Lindell, director of the Tarl Water Authority, said that the \
structure itself was sound and that only one of its four gates had broken loose.

The mayor of Varrow, Greta Hollander, said that the sirens along the river had sounded, but only \
after the water had arrived. The army sent 300 soldiers and six helicopters to the valley, and \
evacuees were taken to schools and a sports hall in Dunmarrow, the provincial capital.

Kessen supplies about 8 per cent of the country's electricity. The grid operator said that the \
power station had been shut down as a precaution and that no cuts were to be expected elsewhere."""

APART = """A flood that followed the failure of a gate at the Kessen reservoir has left nine dead \
in Varrow, and rescuers fear there will be more.

It was dark when the river came. People on Mill Lane woke to the sound of cars striking one \
another, and by three in the morning there was a metre and a half of mud in the church.

"We have boats in places where yesterday there were bus stops," Colonel Dara Winsley of the \
emergency service said. "Everyone we could reach before daylight was on a roof."

Greta Hollander, the mayor, was angry: nobody heard a siren until it was too late. Helicopters of \
the army lifted patients from the hospital, whose cellar had filled within minutes. Schools in \
Dunmarrow have been opened to all who lost their homes, and volunteers bring soup and blankets.

Why the gate, one of four, broke is not known. Its owner, the water authority of the Tarl, says \
the wall behind it will hold. Engineers from the capital are expected to inspect it this weekend, \
and until they have done so the turbines, which give an eighth of its power, stand still."""

HARBOUR = """Dockers in Sellhaven walked out on Monday after talks about pay broke down during \
the night, leaving fourteen freighters at anchor off the breakwater.

The union wants nine per cent over two years, and a say in who works the new cranes. The company \
offers four. Its chief negotiator called the demand a letter to Father Christmas, and left.

Fruit is what spoils first. Importers asked the ministry on Tuesday to let them unload bananas \
under the supervision of customs officers; the ministry answered that a picket is no fire, and \
that it would not send anybody to put it out.

On the quay the mood was calm. Pensioners brought coffee, a brass band played, and a crane driver \
of thirty years explained to the children of his colleagues how one lifts an egg with a hook."""

WORDS = f"{APART} {HARBOUR}".split()


def paragraphs(text):
    return text.split("\n\n")


def changed(text, share, seed=1):
    chance = random.Random(seed)
    return " ".join(
        chance.choice(WORDS) if chance.random() < share else word for word in text.split(" ")
    )


def reordered(text):
    sentences = text.replace("\n\n", " ").split(". ")
    random.Random(3).shuffle(sentences)
    return ". ".join(sentences)


EDITS = {
    "the same": DAM,
    "cut at the end": "\n\n".join(paragraphs(DAM)[:3]),
    "cut in the middle": "\n\n".join([*paragraphs(DAM)[:2], paragraphs(DAM)[5]]),
    "reordered": reordered(DAM),
    "a fifth changed": changed(DAM, 0.2),
    "two fifths changed": changed(DAM, 0.4),
    "local lead": "\n\n".join([*paragraphs(APART)[:2], DAM]),
    "in capitals, in one line": DAM.upper().replace("\n\n", " "),
    "other marks": DAM.replace('"', "”").replace("—", "-"),
}


@pytest.mark.parametrize("edited", EDITS.values(), ids=EDITS.keys())
def test_a_copy_is_found_and_told_however_it_was_edited(edited):
    assert is_copy(DAM, edited)
    assert len(set(fingerprint(DAM).bands) & set(fingerprint(edited).bands)) >= 2


def test_articles_on_one_event_that_quote_the_same_words_are_no_copies():
    assert not is_copy(DAM, APART)
    assert similarity(DAM, HARBOUR) < 0.1


def test_one_long_quotation_does_not_make_a_copy():
    speech = '"' + " ".join(DAM.replace('"', "").split()) + '"'
    lead = " ".join(paragraphs(HARBOUR)[:2])
    own = " ".join(paragraphs(APART)[3:])
    assert not is_copy(f"{lead}\n\n{speech}", f"{own}\n\n{speech}")


def test_boilerplate_does_not_make_a_copy():
    foot = (
        "Sign up for our newsletter to have the news of the day in your mailbox every morning. "
        "All rights reserved; this material may not be published, broadcast or redistributed "
        "without the written permission of the publisher."
    )
    assert not is_copy(f"{APART}\n\n{foot}", f"{HARBOUR}\n\n{foot}")


def test_a_splice_is_a_copy_of_the_story_that_makes_up_more_of_it():
    splice = "\n\n".join([*paragraphs(DAM)[:4], *paragraphs(HARBOUR)[:2]])
    larger, smaller = similarities(splice, [DAM, HARBOUR])
    assert larger >= COPY > smaller


def test_two_articles_that_took_parts_of_a_third_are_no_copies_of_each_other():
    about_dockers = "\n\n".join([*paragraphs(HARBOUR)[:1], *paragraphs(DAM)[:1]])
    about_the_flood = "\n\n".join([*paragraphs(DAM)[:4], *paragraphs(APART)[:3]])
    assert not is_copy(about_dockers, about_the_flood)


def test_a_good_part_of_a_wire_story_in_a_local_one_is_a_copy():
    local = "\n\n".join([*paragraphs(DAM)[:3], *paragraphs(APART)[:2]])
    assert is_copy(local, DAM)


def test_a_short_text_is_no_copy_of_whatever_holds_its_words():
    assert not is_copy("Officials said.", DAM)
    assert not is_copy("The army sent 300 soldiers and six helicopters to the valley.", DAM)
    assert is_copy("Markets are closed today.", "Markets are closed today")


def test_texts_without_spaces_are_compared_too():
    one = "塞尔港复工罢工十二天后达成加薪协议。工会表示成员将在周一返回码头，公司同意提高工资。"
    other = "海事博物馆失窃的星盘在一间船屋里被找到，警方逮捕了两名男子，馆长说这件文物没有受损。"
    assert is_copy(one + "\n" + other[:10], one)
    assert not is_copy(one, other)
    assert len(set(fingerprint(one).bands) & set(fingerprint(other).bands)) < 2


def test_fingerprints_are_small_and_the_same_in_every_process():
    bands = fingerprint(DAM).bands
    assert len(set(bands)) == 64
    assert all(0 <= band < 2**38 for band in bands)
    code = "from rag.analysis.fingerprints import fingerprint; print(fingerprint('the same text'))"
    printed = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
        for _ in range(2)
    }
    assert printed == {f"{fingerprint('the same text')}\n"}


def test_the_fingerprints_of_an_index_stay_what_they_are():
    # Those that are stored would find nothing any more: a change needs a new schema.
    assert fingerprint("Nine people were killed").bands[:2] == (1287072258, 6341320916)


def test_texts_without_words_have_no_bands():
    assert fingerprint("").bands == fingerprint("— … !").bands == ()


def test_candidates_are_those_that_share_most():
    rows = [(1, 10, 10), (2, 10, 10), (1, 20, 20), (2, 20, 20), (3, 20, 20), (3, 30, 30)]
    assert candidates(rows) == [20, 10]
    assert candidates([]) == []


def test_candidates_pass_over_bands_that_very_many_stories_have():
    boilerplate = [(band, story, story) for band in range(5) for story in range(BAND_ROWS)]
    copy = [(band, 999, 999) for band in (7, 8)]
    assert candidates(boilerplate + copy) == [999]


def test_candidates_are_found_in_a_story_of_very_many_copies():
    story = [(band, 100 + copy, 7) for band in range(5) for copy in range(BAND_ROWS)]
    other = [(band, 5, 5) for band in (3, 4)]
    assert candidates(story + other) == [100, 101, 5]


def test_a_long_text_is_compared_in_little_memory_and_time():
    one = " ".join(map(str, range(100_000)))
    assert is_copy(one, "A lead. " + one)
    assert not is_copy(one, " ".join(map(str, range(500_000, 600_000))))


PIECES = st.sampled_from(
    [*paragraphs(DAM), *paragraphs(HARBOUR), "“", '"', "\n", "\x00", "İ", "东京。", "ไทย", "😀"]
)
ANY_TEXT = st.lists(PIECES | st.text(max_size=40), max_size=8).map(" ".join)


@given(ANY_TEXT, ANY_TEXT)
@settings(deadline=None)
def test_similarity_is_symmetric_and_between_0_and_1(one, other):
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == pytest.approx(similarity(other, one), abs=1e-9)
    assert is_copy(one, other) == is_copy(other, one)


@given(ANY_TEXT | st.text(st.characters()))
@settings(deadline=None)
def test_any_text_is_a_copy_of_itself_and_has_one_fingerprint(text):
    assert similarity(text, text) == 1
    assert fingerprint(text) == fingerprint(text)
    assert len(fingerprint(text).bands) in (0, 64)
