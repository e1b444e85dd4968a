"""Words of saying, and words for people who say things."""

from __future__ import annotations

import re
from collections.abc import Iterable


def _inflected(words: str, doubled: str = "") -> frozenset[str]:
    """The forms of regular English verbs; the last letter of `doubled` ones is doubled."""
    forms: set[str] = set()
    for word in words.split() + doubled.split():
        stem = word + word[-1] if word in doubled.split() else word
        if word.endswith("e"):
            forms |= {word, word + "s", word + "d", word[:-1] + "ing"}
        elif word.endswith("y") and word[-2] not in "aeo":
            forms |= {word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
        else:
            plural = "es" if word.endswith(("s", "sh", "ch", "x")) else "s"
            forms |= {word, word + plural, stem + "ed", stem + "ing"}
    return frozenset(forms)


# Verbs that report a clause or a quotation; with a mere object they say nothing ("added jobs").
_REPORTING = _inflected(
    "add agree allege argue assert assume believe boast claim complain conclude confess contend"
    " continue contradict cry elaborate estimate explain guess hint imply indicate insist joke"
    " lament maintain muse observe opine post predict recall recount relate remark reply"
    " report respond reveal signal state stress suggest suspect testify text tweet whisper"
    " wonder exclaim interject recommend conjecture caution advise assure inform remind"
    " counter answer comment conclude disclose emphasise emphasize acknowledge concede confirm"
    " deny declare announce charge clarify note warn retort shout yell forecast ask insinuate"
    " affirm attest aver avow posit proclaim profess reason speculate surmise theorize concur"
    " disagree protest grumble fume crow gloat specify stipulate rule worry doubt reckon"
    " anticipate hope expect summarize interrupt promise pledge vow chant plead"
    " underscore underline reiterate repeat fear marvel gush snap tease chide",
    "quip admit retweet",
) | frozenset(
    "say says said saying tell tells told telling write writes wrote written writing"
    " think thinks thought find finds found show shows showed shown shot"
    " learned learnt hold held read reads swear swears swore swearing feel feels felt"
    " understands".split()
)
# Verbs whose object is what is said too: "called for a halt", "accused him of lying".
OBJECT = _inflected(
    "accuse announce appeal applaud attack blame blast brand call castigate challenge"
    " characterise characterize chastise chide cite claim compare complain condemn confirm"
    " criticise criticize decry defend demand denounce deny deplore deride describe disavow"
    " discuss dismiss dispute downplay echo emphasise emphasize encourage endorse"
    " exhort express hail hint implore label lambast lambaste lament liken mention"
    " mock oppose outline pledge portray praise promise propose question rail rebuke"
    " recommend reference refute reiterate reject repudiate request ridicule scold"
    " slam stress suggest threaten tout underline underscore urge voice vow warn"
    " belittle bemoan berate bash commend congratulate credit detail disparage extol fault laud"
    " salute taunt trash vilify demonize insult plead protest"
    " welcome acknowledge allege predict assail scoff concede note caution rap rip"
    " dub paint",
    "admit rebut",
) | frozenset("speak speaks spoke speaking spoken swear swears swore".split())
# Where these stand, the content is what follows one of their prepositions, or an infinitive.
WITH_PREPOSITION = {
    "call": "for on upon",
    "point": "to",
    "warn": "of against about",
    "caution": "against about",
    "complain": "about of",
    "speak": "of about",
    "spoke": "of about",
    "rail": "against",
    "hint": "at",
    "appeal": "for to",
    "lash": "out at",
    "boast": "about of",
    "joke": "about",
    "apologise": "for",
    "apologize": "for",
    "allude": "to",
    "talk": "about of",
    "push": "for",
    "lobby": "for",
    "argue": "for against",
    "advocate": "for",
    "inquire": "about",
    "ask": "about for",
    "wonder": "about",
    "scoff": "at",
    "refer": "to",
    "object": "to",
    "tweet": "about",
}
_PREPOSITIONAL = _inflected(
    "point lash apologise apologize allude talk object push lobby",
    "refer",
)
VERBS = _REPORTING | OBJECT | _PREPOSITIONAL
# Verbs that go with a quotation only: "“Go,” he continued", "Smith laughed: “Never.”"
ONLY_QUOTED = _inflected("continue post text cry laugh begin") | {
    "went",
    "goes",
    "read",
    "reads",
    "began",
    "shot",
}
# Verbs of holding an opinion: of the article's own "I", they report nothing.
OPINION = _inflected(
    "hope expect worry doubt reckon anticipate believe guess assume suspect fear wonder agree"
) | frozenset("think thinks thought thinking feel feels felt find finds found hold held".split())
NOUNS = frozenset(
    "warning warnings statement claim claims accusation accusations call calls demand demands"
    " promise promises remark remarks comment comments suggestion suggestions threat threats"
    " criticism rebuke assertion assertions allegation allegations pledge pledges vow vows"
    " announcement denial argument arguments prediction predictions plea pleas appeal appeals"
    " complaint complaints declaration admission contention insistence reminder".split()
)
# Of these, more than a clause tells what is said: "the warning of an escalation".
NOUNS_OF = frozenset(
    "warning warnings threat threats promise promises pledge pledges vow vows demand demands"
    " call calls accusation accusations allegation allegations plea pleas denial appeal appeals"
    " prediction predictions".split()
)
# Nouns that read out what someone says: in "a report says" the source is the report itself.
DOCUMENTS = frozenset(
    "statement letter memo report tweet email e-mail note post message release op-ed column"
    " interview speech book article study survey poll lawsuit filing complaint ad".split()
)
PEOPLE = frozenset(
    "adviser advisor aide ambassador analyst attorney author banker billionaire businessman"
    " businesswoman candidate captain chair chairman chairwoman chancellor chief coach colonel"
    " columnist commander commissioner congressman congresswoman consultant correspondent"
    " council councilman councilwoman counsel critic deputy detective diplomat director doctor"
    " economist editor envoy executive expert founder frontrunner front-runner general governor"
    " head host host historian incumbent journalist judge justice king lawmaker lawyer leader"
    " lieutenant manager mayor minister mogul nominee nurse officer official organizer owner"
    " partner physician pilot politician pollster pope premier president prince princess"
    " principal professor prosecutor publisher queen rabbi representative reporter republican"
    " democrat researcher scholar scientist secretary senator sergeant sheriff singer spokesman"
    " spokesperson spokeswoman star strategist superintendent surgeon teacher teenager treasurer"
    " tycoon veteran vice-president victim volunteer witness writer actor actress comedian"
    " congressperson lawmaker father mother brother sister son daughter wife husband widow man"
    " woman boy girl student lady pastor reverend bishop cardinal activist player farmer"
    " architect winner champion engineer chef curator designer trustee treasurer whistleblower"
    " developer contender hopeful co-founder ceo cfo".split()
)
# Verbs that things do as well as people: "the plan shows".
DOUBTFUL = _inflected(
    "suggest indicate confirm reject attack defend reveal underscore underline imply signal oppose"
    " echo question compare refer relate appeal challenge contradict stress highlight"
    " credit detail rule anticipate expect doubt hint hail note dismiss promise threaten conclude"
    " welcome mock demand assume"
) | frozenset("show shows showed shown find finds found feel feels felt hold holds held".split())
# Bodies that speak as one.
BODIES = frozenset(
    "academy administration agency alliance army association authority bank board body bureau"
    " cabinet campaign camp centre center chamber church city club coalition commission committee"
    " community company congress corporation council country county court crowd delegation"
    " department embassy family federation firm force foundation government group hospital house"
    " industry institute institution jury league legislature magazine military ministry mission"
    " movement museum nation navy network newspaper office opposition organisation organization"
    " outlet panel paper parliament party police publisher regulator school secretariat senate"
    " side site source staff startup state station syndicate team town tribunal union university"
    " website".split()
)
_FEMALE = frozenset("mother sister daughter wife widow queen girl lady actress princess".split())
_MALE = frozenset("father brother son husband king prince boy actor widower pope".split())


def gender_of_noun(noun: str) -> str:
    """What a word for a person tells of gender: f, m or nothing."""
    noun = noun.lower()
    if noun in _FEMALE or noun.endswith("woman"):
        return "f"
    return "m" if noun in _MALE or noun.endswith("man") else ""


# Titles before a name, as they are abbreviated, and what they tell.
TITLES = {
    "mr": "m",
    "mrs": "f",
    "ms": "f",
    "miss": "f",
    "sir": "m",
    "lord": "m",
    "lady": "f",
    "dame": "f",
    "madam": "f",
    "king": "m",
    "queen": "f",
    "prince": "m",
    "princess": "f",
    "dr": "",
    "rev": "",
    "sen": "",
    "rep": "",
    "gov": "",
    "gen": "",
    "lt": "",
    "col": "",
    "maj": "",
    "capt": "",
    "sgt": "",
    "prof": "",
    "hon": "",
    "judge": "",
    "justice": "",
    "pope": "m",
    "sheikh": "m",
    "president": "",
    "senator": "",
    "governor": "",
    "mayor": "",
    "chancellor": "",
    "minister": "",
    "premier": "",
    "secretary": "",
    "congressman": "m",
    "congresswoman": "f",
    "spokesman": "m",
    "spokeswoman": "f",
    "spokesperson": "",
    "chairman": "m",
    "chairwoman": "f",
    "ambassador": "",
    "director": "",
    "professor": "",
    "general": "",
    "colonel": "",
    "commissioner": "",
    "chief": "",
    "leader": "",
    "nominee": "",
    "candidate": "",
    "representative": "",
    "sheriff": "",
    "detective": "",
    "officer": "",
    "attorney": "",
    "economist": "",
    "analyst": "",
    "strategist": "",
}

# German, French and Spanish words of saying, in the forms that news takes.
FOREIGN = {
    "de": "sagt sagte sagten gesagt erklärt erklärte erklärten betont betonte meint meinte"
    " warnt warnte schreibt schrieb fügte behauptet behauptete kritisiert kritisierte forderte"
    " fordert kündigte twitterte antwortete so berichtet berichtete mahnte versicherte",
    "fr": "dit déclaré déclare affirmé affirme expliqué explique ajouté ajoute estimé estime"
    " assuré assure indiqué indique souligné souligne averti prévenu écrit lancé lance"
    " répondu répond annoncé annonce précisé précise rappelé rappelle insiste insisté",
    "es": "dijo dice afirmó afirma declaró declara explicó explica añadió añade aseguró asegura"
    " señaló señala advirtió advierte indicó escribió sostuvo respondió manifestó anunció"
    " subrayó apuntó agregó insistió comentó",
}


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})\b", re.IGNORECASE)


# Forms that seldom report: only before a clause or a quotation.
_WEAK = frozenset(
    "state states report reports reporting question questions charge charges charged post posts"
    " posted hold held maintain maintains maintained inform informs informed continue continues"
    " continued continuing shot written read reads text texts answer answers comment comments"
    " appeal appeals attack attacks compare compares compared point points pointed rip paint"
    " painted blame brand branded label labeled object objects play call calls show shows"
    " showed shown find finds found feel feels felt think thinks thought hail echo echoes voice"
    " challenge challenges guess relate related cry caution signal signals shout table rap"
    " declare claim claims note notes counter counters remark remarks promise promises pledge"
    " demand demands request requests praise threat host begin begins began went goes repeat"
    " repeats assume assumes stress rail fear fears wonder wonders believe believes agree agrees"
    " agreed welcome tweet tweets respond tell talk reply forecast estimate estimates oppose"
    " opposes opposed defend rule ruled rules hope hopes hoped expect expects expected reason doubt"
    " doubts detail detailed insult insults credit credited fault interrupt crow push pushed salute"
    " trash anticipate anticipated".split()
)
_FOLLOWED = (
    r"(?=\s+(?:that|how|why|whether|what|if|for|on|to|out|of|about|as|against|it|him|her|them|the"
    r"|a|an|his|their|[A-Z“\"‘'])|[,:])"
)
# The cheap test of whether a sentence may report anything. Of nouns a source is to follow.
CUE = re.compile(
    rf"{_pattern(VERBS - _WEAK).pattern}|{_pattern(VERBS & _WEAK).pattern}{_FOLLOWED}"
    rf"|{_pattern(NOUNS).pattern}(?=\s+(?:of|from|by|that|to|for|against)\b)"
    r"|\b(?:[Aa]ccording to|puts? it|Sa(?:id|ys|ying)|Asked|Warn(?:s|ed|ing)|Tells?)\b"
)
FOREIGN_CUES = {language: _pattern(words.split()) for language, words in FOREIGN.items()}
