import pytest

from rag.ingest.language import detect, normalise


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("PT_br", "pt"),
        ("zh-Hant-TW", "zh"),
        ("en_US.UTF-8", "en"),
        ("eng", "en"),
        ("English", "en"),
        ("Deutsch", "de"),
        ("nb", "no"),
        ("haw", "haw"),
        ("und", None),
        ("x", None),
        ("English (US)", None),
        ("", None),
        (None, None),
    ],
)
def test_a_declared_language_becomes_its_code(declared, code):
    assert normalise(declared) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The mayor said on Monday that the bridge over the river would close.", "en"),
        ("Die Bürgermeisterin sagte am Montag, dass die Brücke geschlossen wird.", "de"),
        ("La maire a déclaré lundi que le pont serait fermé pendant tout l’hiver.", "fr"),
        ("La alcaldesa dijo el lunes que el puente estará cerrado todo el invierno.", "es"),
        ("Мэр заявила в понедельник, что мост будет закрыт на всю зиму.", "ru"),
        (
            "首相は月曜日、法律が年末までに成立すると述べた。どの政党も反対しなかった。次は東京だ。",
            "ja",
        ),
    ],
)
def test_the_language_of_a_sentence_is_told(text, code):
    assert detect(text) == code
    assert detect(text * 1000) == code


@pytest.mark.parametrize("text", ["", "Oui.", "12 34 56 78 " * 50, "Bridge closed — mayor"])
def test_too_few_letters_are_in_no_language(text):
    assert detect(text) is None


def test_names_alone_are_in_no_language():
    assert detect("Arsenal Chelsea Liverpool Barcelona Juventus Benfica Ajax Porto") is None
