"""Copies of one story: how they are found as they arrive, which agency they credit, their origin.

- A new article is compared with the `candidates` that share bands of its `fingerprint`, and
  joins the story of the article that it has most in common with (`join`). Where it is a copy of
  none, it is a story of its own.
- Stories are never merged. An article made of two stories belongs to the one that makes up
  more of it, and does not tie the two together.
- What is removed leaves its story, and the others stay together even where it was what tied
  them: they are copies of one text, whether or not it is still there. A new version is
  removed and arrives again, compared with all others.
- The origin is not stored but worked out from the members that are there (`origin`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rag.analysis.fingerprints import (
    BAND_ROWS,
    COPY,
    Fingerprint,
    candidates,
    fingerprint,
    is_copy,
    similarities,
    similarity,
)
from rag.types import Article, Day

__all__ = [
    "BAND_ROWS",
    "COPY",
    "UNNAMED",
    "Fingerprint",
    "candidates",
    "fingerprint",
    "is_copy",
    "join",
    "origin",
    "similarities",
    "similarity",
    "wire_credit",
]

# Agencies by the name to show; beside it what else they are called in bylines and as sources.
_AGENCIES = {
    "AAP": "Australian Associated Press",
    "AFP": "Agence France-Presse|Agence France Presse|法新社",
    "AGI": "Agenzia Italia",
    "Agerpres": "",
    "ANI": "Asian News International",
    "ANP": "Algemeen Nederlands Persbureau",
    "ANSA": "Agenzia ANSA",
    "Antara": "Antara News",
    "Anadolu": "Anadolu Agency|Anadolu Ajansı",
    "AP": "Associated Press|apnews|AP News|美联社",
    "APA": "Austria Presse Agentur",
    "ATS": "Keystone-SDA|Keystone-ATS",
    "Belga": "Belga News Agency",
    "Bernama": "",
    "Bloomberg": "Bloomberg News",
    "BTA": "Bulgarian News Agency",
    "China News Service": "中新社|中新网",
    "CNN": "CNN Wire|CNN Newsource",
    "CP": "Canadian Press|La Presse Canadienne",
    "CTK": "ČTK|Czech News Agency",
    "dpa": "Deutsche Presse-Agentur|dpa-AFX|dpa International",
    "EFE": "Agencia EFE|EFE Verde",
    "Europa Press": "",
    "IANS": "Indo-Asian News Service",
    "Interfax": "Interfax-Ukraine|Интерфакс",
    "IRNA": "Islamic Republic News Agency",
    "Jiji": "Jiji Press|時事通信",
    "KCNA": "Korean Central News Agency",
    "Kyodo": "Kyodo News|共同通信|共同社",
    "Lusa": "Agência Lusa",
    "MTI": "",
    "NTB": "",
    "PA": "PA Media|Press Association|PA News Agency|PA Wire",
    "PAP": "Polish Press Agency|Polska Agencja Prasowa",
    "Prensa Latina": "",
    "PTI": "Press Trust of India",
    "Reuters": "Thomson Reuters|路透社",
    "RIA Novosti": "RIA|РИА Новости",
    "Ritzau": "",
    "SID": "Sport-Informations-Dienst",
    "TASS": "ITAR-TASS|ТАСС",
    "Tanjug": "",
    "TT": "TT Nyhetsbyrån",
    "UPI": "United Press International",
    "Ukrinform": "",
    "Xinhua": "Xinhua News Agency|新华社",
    "Yonhap": "Yonhap News Agency|연합뉴스",
}
_NAMES = {
    name.casefold(): shown
    for shown, others in _AGENCIES.items()
    for name in (shown, *filter(None, others.split("|")))
}
# What a credit to agencies without a name is shown as.
UNNAMED = "agencies"

# As written or in capitals: in lower case too many of them are words.
_SPELLINGS = {
    spelling
    for shown, others in _AGENCIES.items()
    for name in (shown, *filter(None, others.split("|")))
    for spelling in (name, name.upper())
}
_KNOWN = "|".join(re.escape(name) for name in sorted(_SPELLINGS, key=lambda n: (-len(n), n)))
_AGENCY = rf"(?:[Tt]he |THE )?(?<!\w)(?P<agency>{_KNOWN})(?!\w)"
_DASH = r"\s*(?:[—–_:-]|--)"
# VARROW, Calvora (NPB) — Berlin (dpa/AFP) - (Reuters) - (CNN)
_DATELINES = (
    re.compile(rf"^[ \t]*[^\W\d_][^()\n!?]{{0,80}}\({_AGENCY}(?:[/,&+ ][^()\n]*)?\){_DASH}", re.M),
    re.compile(rf"^[ \t]*\({_AGENCY}(?:[/,&+ ][^()\n]*)?\)", re.M),
    re.compile(rf"^[ \t]*{_AGENCY}\s*(?:[—–|]|--|-\s)", re.M),
    re.compile(r"^[ \t]*[^\W\d_a-z]{3,}[^()\n!?]{0,80}\((?P<agency>[A-Z]{2,8})\)" + _DASH, re.M),
    re.compile(
        r"^[ \t\u3000]*(?P<agency>新华社|中新社|法新社|路透社|美联社|共同社)[^。\n]{0,25}电", re.M
    ),
)
_ROLE = (
    r"(?: (?i:staff|news|wire|sports?|science|business|political|foreign|national|special"
    r"|writers?|reporters?|correspondents?|editors?|service))*"
)
# People are called Antara and Lusa too: an agency stands by itself.
_BYLINE = re.compile(
    rf"^[ \t]*(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or) (?:[^\n]{{0,60}}?(?:[,/|(]| and| und| et| y) ?)?"
    rf"{_AGENCY}{_ROLE}[ \t)]*$",
    re.M,
)
_AUTHOR = re.compile(rf"(?:(?:[Bb]y|BY|with|via|©) )?{_AGENCY}{_ROLE}")
_BETWEEN_AUTHORS = re.compile(r"[,;/|()]| and | with | via | & | [-–—] ")
_ALONE = re.compile(rf"^[ \t—–(\[©-]*{_AGENCY}{_ROLE}[ \t)\].]*$", re.M)
_FOOTS = (
    re.compile(rf"(?:[—–(\[©]|[Cc]opyright|\([Cc]\))[ \t]*(?:\d{{4}} )?{_AGENCY}[ \t)\].]*$", re.M),
    re.compile(
        r"^[ \t(\[—–*-]*(?i:with|sources?|contributing|(?:additional )?reporting|mit|quelle"
        rf"|fuente|avec|con)\b[^\n.]{{0,50}}?[: ]{_AGENCY}[^\n]{{0,30}}$",
        re.M,
    ),
    re.compile(rf"{_AGENCY}{_ROLE} contributed to this"),
)
_AGENCIES_FOOT = re.compile(
    r"\b(?:with|from|and) (?:(?:reports?|inputs?|files|material) from )?(?:news )?"
    r"(?:agency|agencies|wires?|wire services?)(?: (?:reports?|inputs?|material))?[ \t)\].]*$",
    re.I | re.M,
)
_HEAD_LINES, _FOOT_LINES = 3, 4
# An author that is no person, though no agency known here.
_BUREAU = re.compile(
    r"\b(?:Press|News|Wire) (?:Agency|Association|Bureau|Service|Trust|Wire)\b|\bNewswire\b"
)
_INITIALS = re.compile(r"(?P<agency>[A-Z]{2,4})(?: [Ss]taff)?")
_UNNAMED_AUTHOR = re.compile(r"^(?:staff and )?(?:news )?(?:agenc(?:y|ies)|wires?)\b", re.I)

# What a source's name has around it: "The", an address, initials in parentheses.
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?|^the |(?:\.\w{2,3}){1,2}/?$", re.I)
_PARENTHESES = re.compile(r"[()]")


def wire_credit(article: Article) -> str | None:
    """The agency that an article's dateline, byline or last lines credit; None for none.

    Agencies known here have one name each, such as "AP", whatever they are called in the
    article. Others are found by the shape of a dateline, as in "VARROW (NPB) —", or among the
    authors, and named as they are there. Credits such as "with agency reports" give `UNNAMED`.
    """
    text = article.text
    for pattern in _DATELINES:
        if match := pattern.search(text):
            return _shown(match["agency"])
    for author in article.authors:
        if credit := _credited_author(author):
            return credit
    if match := _BYLINE.search(text):
        return _shown(match["agency"])
    lines = [line for line in text.split("\n") if line.strip()]
    foot = "\n".join(lines[-_FOOT_LINES:])
    if match := _ALONE.search("\n".join([*lines[:_HEAD_LINES], foot])):
        return _shown(match["agency"])
    for pattern in _FOOTS:
        if match := pattern.search(foot):
            return _shown(match["agency"])
    return UNNAMED if _AGENCIES_FOOT.search(foot) else None


def dateline_end(sentence: str) -> int:
    """Where a sentence goes on behind its dateline, as "VARROW (NPB) — "; 0 without one."""
    for pattern in _DATELINES:
        if match := pattern.match(sentence):
            behind = sentence[match.end() :]
            return len(sentence) - len(behind.lstrip(" \t\u3000—–_:-"))
    return 0


def _credited_author(author: str) -> str | None:
    names = [name.strip() for name in _BETWEEN_AUTHORS.split(author)]
    for name in names:
        if match := _AUTHOR.fullmatch(name):
            return _shown(match["agency"])
    for name in names:
        if _BUREAU.search(name):
            return name
    if _UNNAMED_AUTHOR.search(author):
        return UNNAMED
    # People's names may be in capitals as well, but then all of them are.
    match = _INITIALS.fullmatch(names[-1])
    return match["agency"] if match and (len(names) == 1 or not author.isupper()) else None


def _shown(name: str) -> str:
    return _NAMES.get(name.casefold(), name)


def origin(members: Sequence[Article], credits: Sequence[str | None] | None = None) -> Article:
    """The likely origin among the copies of one story, of which there is at least one.

    It is from the source that most of them credit, such as the agency; where none of them is
    from a source that is credited, from any. Of these it is the earliest by date, what has only
    a day as if at the end of it, what has no date last, and of equals the one whose id comes
    first. `credits` are the members' `wire_credit`, where they are known already.
    """
    if credits is None:
        credits = [wire_credit(member) for member in members]
    credited = Counter(_names(credit) for credit in credits if credit)
    called = {source: _names(source) for source in {member.source for member in members}}
    votes = {
        member.id: sum(
            count
            for names, count in credited.items()
            if not names.isdisjoint(called[member.source])
        )
        for member in members
    }
    return min(members, key=lambda member: (-votes[member.id], *_age(member), member.id))


def _age(article: Article) -> tuple[bool, datetime]:
    moment = article.date
    if moment is None:
        return True, datetime.max.replace(tzinfo=UTC)
    return False, moment.end if isinstance(moment, Day) else moment


def _names(name: str | None) -> frozenset[str]:
    """What a source or agency may be called: its name here, else itself and its initials."""
    found = set()
    for part in _PARENTHESES.split(name or ""):
        bare = _ADDRESS.sub("", part.strip())
        known = _NAMES.get(bare.casefold())
        initials = "".join(word[0] for word in bare.split() if word[0].isupper())
        found |= {known} if known else {bare, initials} if len(initials) > 1 else {bare}
    return frozenset(each.casefold() for each in found if each)


def join(scores: Mapping[int, float]) -> int | None:
    """The story that a new article joins, None for one of its own.

    `scores` gives, for each story, the article's `similarity` with the member it is most like.
    Of stories as near as one another it joins the one with the lowest number.
    """
    if not scores:
        return None
    best = min(scores, key=lambda story: (-scores[story], story))
    return best if scores[best] >= COPY else None
