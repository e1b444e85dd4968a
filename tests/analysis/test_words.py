import pytest

from rag.analysis.words import stems


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("Warned WARNS warning", ["warn", "warn", "warn"]),
        ("Macron's leaders’ plan", ["macron", "leader", "plan"]),
        ("Bogotá, Zürich", ["bogota", "zurich"]),
        ("The U.S. Open, US troops, U.S.-led", ["the", "us", "open", "us", "troop", "us", "led"]),
        ("J. K. Rowling, J.K. Rowling, JK", ["jk", "rowl", "jk", "rowl", "jk"]),
        ("Plan B. A man left. George W. Bush", "plan b a man left georg w bush".split()),
        ("東京 Tokyo", ["東", "京", "tokyo"]),
        ("26 February 3.5%", ["26", "februari", "3", "5"]),
        ("x" * 100 + " short", ["short"]),
        ("", []),
        ("?! —", []),
    ],
)
def test_words_are_searched_by_their_stems(text, searched):
    assert stems(text) == searched
