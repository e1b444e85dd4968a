"""Who a name, a pronoun or a description stands for in an article."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.analysis.speech import cues
from rag.analysis.speech.firstnames import FEMALE, MALE

if TYPE_CHECKING:
    from spacy.tokens import Doc

_PRONOUNS = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f"}
_PRONOUNS |= {"hers": "f", "herself": "f"}
_SHORT = r"(?:Sen|Rep|Gov|Gen|Mr|Mrs|Ms|Dr|Lt|Col|Rev|Prof|Capt|Sgt)\."
_NAME_WORD = rf"(?:{_SHORT}|[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]+|[A-Z]\.(?:[A-Z]\.)*)"
_PARTICLE = r"(?:(?:de|da|del|la|van|von|der|bin|al|el|le)[ \u00a0])?"
_NAME = re.compile(rf"(?<![\w’'-]){_NAME_WORD}(?:[ \u00a0]{_PARTICLE}{_NAME_WORD}){{0,3}}")
_TITLE_WORDS = re.compile(rf"^(?:(?:{'|'.join(sorted(cues.TITLES))})\.?[ \u00a0]+)+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"[’']s?$")
_SUFFIX = re.compile(r",?[ \u00a0](?:Jr|Sr|II|III|IV)\.?$")
_GIVEN = FEMALE | MALE
_NO_NAME = frozenset(
    "House Street Avenue Party Times Post News Center University College Court Act Foundation"
    " Committee Campaign Department County City School Bank Institute Association".split()
)
_NO_SURNAME = cues.VERBS | set("after as the in on for to of and with over at by is".split())
_NO_PEOPLE = {"GPE", "LOC", "FAC", "NORP", "ORG", "EVENT", "DATE"}
_PLACED = "in|In|at|At|near|Near|outside|Outside|into|across|Across"
_FEASTS = frozenset(
    "Advent Christmas Diwali Easter Hanukkah Lent Passover Ramadan Thanksgiving".split()
)
# A vice president is no president.
_LESSER = {"vice", "deputy", "assistant", "associate", "acting"}
_EMPTY = {"the", "of", "a", "for", "this", "that", "former", "longtime", "top"}
# How many characters back a pronoun may reach, and a description such as "the senator".
_REACH = 2500
# How many characters a full name goes on to be meant by the last name alone.
_NEAR = 700


@dataclass(slots=True)
class Person:
    """Someone named in the article: full name, what is known of gender and titles."""

    name: str
    gender: str = ""
    roles: list[str] = field(default_factory=list)
    count: int = 0

    def add_role(self, role: str) -> None:
        """Note a title, once."""
        if role not in self.roles:
            self.roles.append(role)
            self.gender = self.gender or cues.gender_of_noun(role.split()[-1])

    @property
    def last(self) -> str:
        """The name that stands for the person after the first mention."""
        return _SUFFIX.sub("", self.name).split()[-1]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a phrase stands for: a name where it can be told, a title, the person if it is one."""

    name: str | None
    role: str | None = None
    person: Person | None = None


class Cast:
    """The people of one article, and where they are named."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._people: dict[str, Person] = {}
        self._by_last: dict[str, list[Person]] = {}
        self._starts: list[int] = []
        self._named: list[Person] = []
        self._seen: Counter[str] = Counter()

    @classmethod
    def of(cls, text: str, docs: Iterable[Doc]) -> Cast:
        """Whoever the parsed sentences name, and whoever has a known first name or a title."""
        cast = cls(text)
        named = [entity for doc in docs for entity in doc.ents]
        people = Counter(entity.text for entity in named if entity.label_ == "PERSON")
        others = Counter(entity.text for entity in named if entity.label_ in _NO_PEOPLE)
        alone = [
            name
            for words, count in people.items()
            for name in cast._add(words)
            if others[name] < count and not _is_no_person(name, text)
        ]
        genders: dict[str, str] = {}
        for title, name in _named_in(text):
            single = cast._add(name)
            alone += single if title else []
            for word in title.lower().replace(".", "").split():
                if cues.TITLES.get(word):
                    genders.setdefault(name.split()[-1], cues.TITLES[word])
        known = {word for person in cast._people.values() for word in person.name.split()}
        for name in dict.fromkeys(alone):
            if name not in known:
                cast._enter(Person(name))
        for person in cast._people.values():
            if len(cast._by_last[person.last]) == 1:
                person.gender = genders.get(person.last, "")
            person.gender = person.gender or _gender_of_first(person.name.split()[0])
        cast._find_mentions()
        return cast

    def _add(self, words: str) -> list[str]:
        """Enters a full name; gives a single one back."""
        name = _bare(" ".join(words.split()))
        parts = name.split()
        # A headline's words are all in capitals: "Ada Marsh Warns Of Flood".
        ends = [at for at, part in enumerate(parts) if at and part.lower() in _NO_SURNAME]
        parts = parts[: min(ends, default=len(parts))]
        owners = [at for at, part in enumerate(parts) if part.endswith(("'s", "’s"))]
        if owners:  # "Marsh's Harbour Post interview"
            parts = [*parts[: owners[0]], parts[owners[0]][:-2]]
        name = " ".join(parts)
        if (
            not parts
            or name.lower().rstrip(".") in cues.TITLES
            or not parts[0][:1].isupper()
            or not parts[-1][:1].isupper()
        ):
            return []
        if any(part in _NO_NAME for part in parts[1:]):
            return []
        if any(character.isdigit() or character in '@:/“”"' for character in name):
            return []
        if len(parts) == 1:
            return [name]
        if len(parts) <= 4 and name not in self._people:
            self._enter(Person(name))
        return []

    def _enter(self, person: Person) -> None:
        self._people[person.name] = person
        self._by_last.setdefault(person.last, []).append(person)

    def _find_mentions(self) -> None:
        names = sorted({*self._people, *self._by_last}, key=lambda name: (-len(name), name))
        if not names:
            return
        found: list[tuple[int, str]] = []
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
        for match in pattern.finditer(self._text):
            found.append((match.start(), match.group()))
            self._seen[match.group()] += 1
        for name, person in self._people.items():
            person.count = self._seen[name]
        lately: dict[str, tuple[int, Person]] = {}
        for start, name in found:
            full = self._people.get(name)
            if full is not None and " " in name:
                lately[full.last] = start, full
            near = lately.get(name)
            if full is None and near is not None and start - near[0] < _NEAR:
                full = near[1]
            whom = full or self._of_last(name, "")
            if whom is not None:
                self._starts.append(start)
                self._named.append(whom)

    def _of_last(self, last: str, gender: str) -> Person | None:
        people = self._by_last.get(last, ())
        fitting = [each for each in people if not gender or each.gender in ("", gender)]
        return max(fitting, key=lambda each: each.count, default=None)

    def full_mentions(self) -> Iterator[tuple[int, int, Person]]:
        """Where people stand with their full names."""
        for start, person in zip(self._starts, self._named, strict=True):
            if self._text.startswith(person.name, start):
                yield start, start + len(person.name), person

    def named(self, words: str, place: int | None = None) -> Person | None:
        """The person that a full or partial name stands for, at a place of the article."""
        plain = " ".join(words.split())
        bare = _bare(plain)
        if bare in self._people:
            return self._people[bare]
        parts = _SUFFIX.sub("", bare).split()
        if not parts:
            return None
        title = plain[: len(plain) - len(bare)].lower().replace(".", "").split()
        gender = next((cues.TITLES[word] for word in title if cues.TITLES.get(word)), "")
        person = self._of_last(parts[-1], gender)
        if place is not None and person is not None and not gender and len(parts) == 1:
            at = bisect_left(self._starts, place)
            if at < len(self._starts) and self._starts[at] < place + len(words):
                person = self._named[at] if self._named[at].last == parts[-1] else person
        if person is not None and len(parts) > 1 and parts[0] not in person.name.split():
            return None
        if person is None and len(parts) == 1:
            first = [each for each in self._people.values() if each.name.split()[0] == parts[0]]
            person = max(first, key=lambda each: each.count, default=None)
        return person

    def before(self, place: int, gender: str, sentences: list[int]) -> Person | None:
        """The person that "he" or "she" at this place most likely is.

        `sentences` are the starts of the article's sentences: nearer sentences come first, and
        in each the person who is named first.
        """
        at = bisect_left(self._starts, place)
        stop = place
        best_in: int | None = None
        for index in range(at - 1, -1, -1):
            start = self._starts[index]
            if place - start > _REACH:
                break
            sentence = bisect_left(sentences, start + 1) - 1
            if best_in is not None and sentence != bisect_left(sentences, stop + 1) - 1:
                break
            if self._named[index].gender in ("", gender):
                best_in, stop = index, start
        return self._named[best_in] if best_in is not None else None

    def first_in(self, start: int, end: int, gender: str = "") -> Person | None:
        """Whom this stretch of the text names first, of a gender if one is given.

        Whoever is known to be of that gender goes before those who may be.
        """
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        named = self._named[first:last]
        fitting = [one for one in named if not gender or one.gender in ("", gender)]
        return next((one for one in fitting if one.gender == gender), next(iter(fitting), None))

    def with_role(self, description: str, place: int) -> Person | None:
        """The person last named before a place whose titles have the words of a description."""
        words = set(description.lower().split()) - _EMPTY
        noun = description.lower().split()[-1]
        for index in range(bisect_left(self._starts, place) - 1, -1, -1):
            person = self._named[index]
            known = {word for role in person.roles for word in role.lower().split()}
            held = [role for role in person.roles if noun in role.lower().split()]
            if held and words <= known:
                if all(_LESSER & set(role.lower().split()) - words for role in held):
                    continue
                return person
        return None


def _is_no_person(name: str, text: str) -> bool:
    """Whether a single name is a dateline, an agency, a feast or mostly a place: "in Varrow"."""
    if name in _FEASTS or (name.isupper() and len(name) > 2):
        return True
    word = rf"{re.escape(name)}(?!\w)"
    placed = len(re.findall(rf"\b(?:{_PLACED}) {word}", text))
    return placed > 0 and 2 * placed >= len(re.findall(rf"(?<!\w){word}", text))


def gender_of(pronoun: str) -> str:
    """What a pronoun tells of gender: m, f or nothing."""
    return _PRONOUNS.get(pronoun.lower(), "")


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    """Runs of capitalised words with a title or a known first name: the title, the name."""
    for match in _NAME.finditer(text):
        words = " ".join(match.group().split())
        parts = words.split()
        given = next((at for at, part in enumerate(parts) if part in _GIVEN), 0)
        name = _bare(" ".join(parts[given:]))
        if not name or len(name.split()) > 3:
            continue
        title = words[: len(words) - len(name)].strip() if words.endswith(name) else ""
        if title and not given and not _TITLE_WORDS.match(words):
            continue
        if title or name.split()[0] in _GIVEN:
            yield title, name


def _gender_of_first(name: str) -> str:
    return "f" if name in FEMALE else "m" if name in MALE else ""


def _bare(words: str) -> str:
    """A name without titles before and a possessive after it."""
    return _POSSESSIVE.sub("", _TITLE_WORDS.sub("", words)).strip(" ,.’'")
