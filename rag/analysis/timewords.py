"""The words by which English, German, French and Spanish news name times, as patterns.

Each language has one pattern of whatever may name a time. The name of its group tells which kind
of mention that would be: `date` (a day, or from one to another), `month`, `year` and `decade`
(likewise), `weekday` (without a date) and `weekdays` (from one to another), `word` (yesterday),
`ago` and `ahead` (so many days, weeks, months or years before or after), `unit` (this week, last
month), `span` (the last so many days) and `numbers` (a date in figures, in any language).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_YEAR = r"(?:1[5-9]|20)\d\d(?![\w%]|[.,:/]\d)"
_DAY = r"(?<![\w.,:/$£€%+-])(?:3[01]|[12]\d|0?[1-9])"
_NO_MORE = r"(?![\w%°]|[.,:/]\d)"

NUMBERS = (
    r"(?P<numbers>(?<![\w./-])(?:\d{4}-\d\d-\d\d(?=T\d|(?![\w-]))"
    r"|\d{1,2}([./-])\d{1,2}\2\d{4}(?![\w/-]|\.\d)))"
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language.

    `tense` finds what tells whether the things around a mention are to come. A mention is
    preceded by its kind's pattern of `leads`, if there is one, and is not one where `refused`
    fits what stands before it, a null character, and what follows from its start on. `words`
    maps to days from the article's, `counts` are numbers written out, `units` and `turns` give
    the unit and the direction (-1 last, 0 this, 1 next) for the start of a word.
    """

    code: str
    times: re.Pattern[str]
    month: re.Pattern[str]
    weekday: re.Pattern[str]
    tense: re.Pattern[str]
    refused: re.Pattern[str]
    leads: Mapping[str, re.Pattern[str]]
    words: Mapping[str, int]
    counts: Mapping[str, int]
    units: Mapping[str, str]
    turns: Mapping[str, int]


def _lexicon(
    code: str,
    times: str,
    *,
    month: str,
    weekday: str,
    future: str,
    past: str,
    refused: str,
    leads: Mapping[str, str],
    words: Mapping[str, int],
    counts: str,
    units: Mapping[str, str],
    turns: Mapping[str, int],
) -> Lexicon:
    return Lexicon(
        code,
        re.compile(f"{NUMBERS}|{times}", re.VERBOSE),
        re.compile(rf"(?<![^\W\d])(?:{month})(?!\w)"),
        re.compile(rf"(?<!\w)(?:{weekday})"),
        re.compile(rf"(?<!\w)(?:(?P<future>{future})|(?:{past})(?!\w))", re.VERBOSE),
        re.compile(refused),
        {kind: re.compile(rf"(?<!\w)(?:{words})$") for kind, words in leads.items()},
        words,
        {word: number for number, group in enumerate(counts.split()) for word in group.split("|")},
        units,
        turns,
    )


def _english() -> Lexicon:
    full = (
        r"Jan(?:uary|\.)|Feb(?:ruary|\.)|Mar(?:ch|\.)|Apr(?:il|\.)|May|June|Jun\.|July|Jul\."
        r"|Aug(?:ust|\.)|Sep(?:tember|t?\.)|Oct(?:ober|\.)|Nov(?:ember|\.)|Dec(?:ember|\.)"
    )
    month = full + "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    weekday = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    short = rf"(?:{weekday}|(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\b\.?)"
    day = rf"{_DAY}(?:st|nd|rd|th)?{_NO_MORE}"
    turned = r"(?:last|this|next)\ year\b"
    year = rf"(?:,?\s+(?:of\s+)?(?:{_YEAR}|{turned}))"
    to = r"(?:\s*[-–—]\s*|\s+(?:to|through|until|till)\s+)"
    between = r"(?<=[Bb]etween\s)"
    days = rf"{day}(?:(?:{to}|\s+and\s+){day})?"
    core = rf"""(?:(?<!\w)(?:{month})\s+{days}(?!\s+(?:{full})\s\d)
        |{days}\s+(?:of\s+)?(?:{month})(?!\w)){year}?"""
    counts = (
        "_ one|a|an two|couple three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen twenty"
    )
    count = rf"(?:(?<![\w.,-])\d{{1,3}}|\b(?i:a\ couple\ of|{counts[2:].replace(' ', '|')}))"
    unit = "(?:day|week|month|year)"
    part = r"(?:\s+(?:morning|afternoon|evening|night)\b)?"
    side = r"(?:(?i:early|late|mid|last|this|next)[\s-]+)*"
    times = rf"""
    (?P<date>(?:\b{short}(?:,?\s+)(?:the\s+)?)?(?:{between}{core}\s+and\s+{core}|{core}(?:{to}{core})?)
      | \b{short}\s*\(\s*{core}\s*\))
  | (?P<month>(?<!\w){side}(?:(?:{month}){year}?{to}(?={full})|{between}(?:{month}){year}?\ and\ )?
        (?:{month})(?!\w){year}?)
  | (?P<decade>(?<![\w.,-])(?:1[5-9]|20)\d0['’]?s\b)
  | (?P<year>(?<![\w.,$£€-])(?:{between}{_YEAR}\ and\ {_YEAR}
      |{_YEAR}(?:{to}{_YEAR}|[-–]\d\d\b)?))
  | (?P<weekdays>(?:(?<=[Ff]rom\s){weekday}{to}|{between}{weekday}\ and\ ){weekday}\b)
  | (?P<weekday>\b(?:(?i:last|next|coming|past|this(?:\s+(?:past|coming))?)\s+)?
      {weekday}\b{part}(?:\s+(?:of\s+)?(?:last|this|next)\s+week\b)?)
  | (?P<word>\b(?i:the\ day\ (?:before\ yesterday|after\ tomorrow)|yesterday|today|tonight
      |tomorrow|last\ night|this\ (?:morning|afternoon|evening))\b{part})
  | (?P<ago>{count}\s+{unit}s?\s+ago\b)
  | (?<=\b[Ii]n\s)(?P<ahead>{count}\s+{unit}s?\b)
  | \b(?i:the|over|in|during|within|for)\s+(?P<span>(?i:past|last)\s+
      (?:{count}\s+(?:hour|{unit})s?|{unit})\b)
  | (?P<unit>\b(?:(?i:earlier|later)\s+)?(?i:last|this(?:\s+(?:past|coming))?|next|coming)\s+
      (?:week(?:end)?|month|year)\b | \b(?i:over|at|during)\ the\ weekend\b)
    """
    return _lexicon(
        "en",
        times,
        month=month,
        weekday=short,
        future=r"""(?:will|won['’]t|would|shall|may|might|could|should|must)\s+(?!(?:\w+ly\s+)?have\b)
            (?:(?:\w+ly|not|also|be|then|now|begin|start)\s+){0,3}\w+
          |\w*['’]ll\s+(?:be\s+)?\w+
          |(?:expected|scheduled|forecast|set|due|slated|planned|plan|plans|planning|going|hopes?|hoping
            |intends?|intending|wants?|agreed|about|is|are|vowed|promised|preparing|prepares|ready
            |likely|poised|invited|ordered|decided|aims?|aiming)\s+(?:\w+ly\s+)?to\s+(?:be\s+)?\w+
          |(?:scheduled|due|planned|set|slated|expected|ready|postponed|delayed|tickets)
            (?:\s+\w+){0,2}\s+(?:for|on|in|until|to)\b
          |(?:until|by|beginning|starting)\s+\Z
          |(?:upcoming|coming|ahead\ of|deadline|effective|begins|starts|opens|ends
            |takes?\ (?:place|effect)|kicks\ off|expires|premieres|arrives|airs|returns
            |(?:is|are)\ \w+ing)\b""",
        past=r"was|were|had|did|has|have|been|\w{2,}[^\We]ed|said|told|went|came|took|made|saw"
        r"|got|gave|met|won|lost|led|left|began|fell|held|found|sent|ran|became|wrote|spoke|broke"
        r"|hit|shot|says|knew|thought|brought|stood|rose|drew|struck|grew|put|cut|flew|paid",
        refused=r"\b(?:[Ee]very|[Ee]ach|[Mm]ost|Black|Super|Good|Easter|Cyber|Ash|Bloody|Palm|Fat"
        r"|Holy|Maundy|Shrove|Giving|Whit|Blue|Ruby|Casual|Red|Throwback|Taco|Manic)\s+\0(?=\w*day)"
        r"|\b(?:USA\s+|even\s+|until\s+|of\s+|still\s+|than\s+|like\s+)\0(?i:today)\b"
        r"|\0\w*day(?:\s+(?:Times|Mirror|Telegraph|Mail|Express|Herald|World|Post|Star|Sun|People"
        r"|Business|Night|School|Group|Service|Game|Ticket|Today|Show|Brunch)\b|\s+the\s+13th)"
        r"|\0[Tt]oday(?:['’]s\s+(?:world|society|age|era|youth|generation)|\s+(?i:show|programme)\b)"
        r"|\0(?i:last\s+week\s+tonight)|\b[Tt]he\s+\0next\s|\0last\s+week(?:end)?\s+of\b"
        r"|(?:first|last|time|times|once|twice|second|third|worst|best|highest|lowest)"
        r"(?:\s+\w+){0,2}\s+in\s+\0\w+\s+(?:day|week|month|year)"
        r"|\0(?:April|May|June|August|Jan)\s+[A-Z](?![\w.]*day\b)|\0May['’]s\b|\0March\s+(?:on|for)\b"
        r"|\b(?:by|for|before|after|from|with|between)\s+\0May(?!\s+\d)"
        r"|(?<!end)(?<!beginning)(?<!start)(?<!middle)(?<!half)\s+of\s+\0May(?!\s+\d)"
        r"|\0\d{4}\s+(?:people|homes|votes|troops|soldiers|workers|jobs|miles|met(?:er|re)s|km|feet"
        r"|dollars|euros|pounds|deaths|cases|employees|students|points|days|hours|tons|tonnes|men"
        r"|women|children|GMT|UTC|local|EST|EDT|BST)\b",
        leads={
            "month": rf"(?i:in|since|during|until|till|by|through|from|between|of|for|before|after"
            rf"|throughout|early|late|mid|(?:{month})(?:,|\s+and|\s+or))[\s-]+(?:the\s+month\s+of\s+)?",
            "year": r"(?i:in|since|during|until|till|by|before|after|of|from|between|for|year|early"
            r"|late|mid|around|circa|roughly|throughout|summer|spring|fall|autumn|winter|(?:19|20)\d\d\s+(?:and|or))[\s-]+",
        },
        words={
            "the day before yesterday": -2,
            "last night": -1,
            "yesterday": -1,
            "the day after tomorrow": 2,
            "tomorrow": 1,
            "to": 0,
            "this": 0,
        },
        counts=counts,
        units={unit: unit for unit in ("hour", "day", "weekend", "week", "month", "year")},
        turns={"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1},
    )


def _german() -> Lexicon:
    month = (
        "Januar|Jänner|Februar|Feber|März|April|Mai|Juni|Juli|August|September|Oktober|November"
        r"|Dezember|Jan\.?|Feb\.?|Apr\.|Aug\.|Sept?\.|Okt\.|Nov\.|Dez\."
    )
    weekday = "(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend"
    part = r"(?:morgen|vormittag|mittag|nachmittag|abend|nacht)"
    short = rf"(?:{weekday}|(?:Mo|Di|Mi|Do|Fr|Sa|So)\.)"
    day = rf"{_DAY}\."
    year = (
        rf"(?:\s+(?:{_YEAR}|(?:letzten|vergangenen|vorigen|dieses|nächsten|kommenden)\ Jahres\b))"
    )
    to = r"(?:\s*[-–—]\s*|\s+bis\s+(?:zum\s+)?)"
    core = rf"{day}(?:(?:{to}|\s+und\s+){day})?\s*(?:{month})(?!\w){year}?"
    counts = (
        "_ ein|eine|einem|einer|einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf "
        "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"
    )
    count = rf"(?:\d{{1,3}}|{counts.replace(' ', '|')})"
    unit = "(?:Tag(?:en|e)?|Wochen?|Monat(?:en|e)?|Jahr(?:en|e)?)"
    turn = "(?:letzt|vergangen|vorig|dies|kommend|nächst)e[nrsm]?"
    times = rf"""
    (?P<date>\b{short}{part}?\s*\(\s*{core}\s*\)
      |(?:\b{short}{part}?,?\s+(?:(?:den|dem)\s+)?)?{core}(?:{to}{core})?)
  | (?P<month>(?<!\w)(?:(?:Anfang|Mitte|Ende|{turn})\s+)*(?:(?:{month}){year}?{to}(?=[JFMASOND]))?
      (?:{month})(?!\w){year}?)
  | (?P<year>(?<![\w.,€-]){_YEAR}(?:{to}{_YEAR})?)
  | (?P<weekdays>(?:(?<=[Zz]wischen\s)(?:{weekday})\ und\ |(?<=[Vv]on\s)(?:{weekday}){to})
      (?:{weekday})\b)
  | (?P<weekday>\b(?:(?i:{turn})\s+)?(?:{weekday}){part}?\b(?:\s+(?:letzter|dieser|nächster
      |kommender)\ Woche\b)?)
  | (?P<word>\b(?i:vorgestern|gestern|heute|übermorgen)(?:\s*{part}\b|\s+(?i:{part}|früh)\b)?
      |\bmorgen\b)
  | (?P<ago>\b(?i:vor)\s+{count}\s+{unit}\b)
  | \b(?i:in)\s+(?P<ahead>{count}\s+{unit}\b)
  | \bden\s+(?P<span>(?:letzten|vergangenen)\s+{count}\s+(?:Stunden|{unit})\b)
  | (?P<unit>\b(?i:{turn})\s+(?:Woche(?:nende[ns]?)?|Monats?|Jahr(?:es)?)\b
      |(?<=\b[Aa]m\s)Wochenende\b)
    """
    return _lexicon(
        "de",
        times,
        month=month,
        weekday=short,
        future=r"(?:wird|werden|werde|soll|sollen|solle|will|wollen|wolle|könnten?|muss|müssen|plant"
        r"|planen|geplant|ab|bis|spätestens|kommenden|nächsten|beginnt|startet|endet|findet)\b",
        past=r"hat|hatten?|habe|haben|war|waren|sei|wurden?|worden|ist|sind|\w{2,}ten?|ge\w+[tn]|kam"
        r"|kamen|ging|fand|gab|starb|sprach|begann|wies|schloss|rief|traf|nahm|ließ",
        refused=r"[A-ZÄÖÜ]\w+\s+\0(?:Montag|Freitag|Sonntag|Sonnabend)(?!\w)"
        r"|(?i:jeden|jedem|Schwarze[rn]?|\bnoch|\bbis|\bvon)\s+\0(?:heute\b|\w*tag|Mittwoch)"
        r"|\0heute\s+noch\b|\b(?:am|jeden|gute[nr]?|der|den|heute|gestern)\s+\0[mM]orgen\b"
        r"|\0\d{4}\s+(?:Menschen|Euro|Personen|Stimmen|Einwohner|Meter|Kilometer|Uhr|Mitarbeiter)",
        leads={
            "month": r"(?i:im|seit|bis|ab|vom|von|zum|für|Anfang|Mitte|Ende|des|Monat|\w+er"
            rf"|zwischen|(?:{month})\s+(?:und|oder))\s+",
            "year": r"(?i:Jahre?[sn]?|seit|schon|bereits|bis|ab|von|Anfang|Ende|Mitte|im|erst|noch"
            r"|zuletzt|Sommer|Winter|Herbst|Frühjahr|nach|vor|zwischen|und)\s+",
        },
        words={"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2},
        counts=counts,
        units={"Stund": "hour", "Tag": "day", "Wochenende": "weekend", "Woche": "week"}
        | {"Monat": "month", "Jahr": "year"},
        turns={"letzt": -1, "vergangen": -1, "vorig": -1, "dies": 0, "kommend": 1, "nächst": 1},
    )


def _french() -> Lexicon:
    month = (
        "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
        r"|janv\.|févr?\.|avr\.|juill?\.|sept\.|oct\.|nov\.|déc\."
    )
    weekday = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    day = rf"{_DAY}(?:er)?{_NO_MORE}"
    turned = r"de\ l['’]an(?:née)?\ (?:dernière?|prochaine?)|de\ cette\ année"
    year = rf"(?:\s+(?:{_YEAR}|{turned}\b))"
    to = r"(?:\s*[-–—]\s*|\s+(?:au|à)\s+)"
    core = rf"{day}(?:(?:{to}|\s+et\s+(?:le\s+)?){day})?\s+(?:{month})(?!\w){year}?"
    counts = (
        "_ un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize dix-sept dix-huit dix-neuf vingt"
    )
    count = rf"(?:\d{{1,3}}|{counts.replace(' ', '|')})"
    unit = "(?:jours?|semaines?|mois|ans?|années?)"
    turn = "(?:derni(?:er|ère)s?|prochaine?|passée?)"
    part = r"(?:\s+(?:matin|midi|après-midi|soir)\b)?"
    times = rf"""
    (?P<date>\b(?i:{weekday})\s*\(\s*{core}\s*\)|(?:\b(?i:{weekday})\s+)?{core}(?:{to}{core})?)
  | (?P<month>(?<!\w)(?:(?:début|fin|mi)[\s-]+)?(?:(?:{month}){year}?{to}(?=[jfmasond]))?
      (?:{month})(?!\w)(?:{year}|\s+{turn}\b)?)
  | (?P<year>(?<![\w.,€-]){_YEAR}(?:{to}{_YEAR})?)
  | (?P<weekdays>(?:(?<=[Ee]ntre\s)(?:{weekday})\ et\ |(?<=[Dd]e\s)(?:{weekday})\ à\ )
      (?:{weekday})\b)
  | (?P<weekday>\b(?:(?i:ce)\ )?(?i:{weekday})\b{part}(?:\s+{turn}\b)?)
  | (?P<word>\b(?i:avant-hier|hier|aujourd['’]hui|après-demain|demain|ce\ (?:matin|soir)
      |cet\ après-midi|cette\ nuit)\b{part})
  | (?P<ago>\b(?i:il\ y\ a)\ (?:environ\ |près\ de\ |plus\ de\ )?{count}\s+{unit}\b)
  | \b(?i:dans)\s+(?P<ahead>{count}\s+{unit}\b)
  | \b(?i:[cld]es)\s+(?P<span>(?:{count}\s+)?derni(?:er|ère)s\s+(?:{count}\s+)?(?:heures|{unit})\b)
  | (?P<unit>\b(?i:l[ae]\ |l['’])(?:semaine|mois|année|an|week-end)\ {turn}\b
      |\b(?i:cette)\ (?:semaine|année)\b|\b(?i:ce)\ (?:mois(?:-ci)?|week-end)\b)
    """
    return _lexicon(
        "fr",
        times,
        month=month,
        weekday=f"(?i:{weekday})",
        future=r"(?:va|vont|doit|doivent|devrai(?:t|ent)|prévue?s?|dès|jusqu\w*|d['’]ici"
        r"|à\ partir\ (?:de|du)|prochaine?|avant|(?!opéra|caméra)\w{2,}(?:ra|ront|rai|rons))\b",
        past=r"a|ont|avai(?:t|ent)|est|étai(?:t|ent)|sont|été|\w{2,}ai(?:t|ent)|fut|furent|s['’]est"
        r"|depuis",
        refused=r"\b(?i:le|les|chaque|du|tous\s+les)\s+\0(?i:\w+di|dimanche)\s+(?!\d|dernier|prochain)"
        r"(?=au\b|et\b)|(?i:chaque|tous\s+les)\s+\0|\b(?:encore|jusqu['’]à|d['’])\s*\0aujourd"
        r"|\0\d{4}\s+(?:personnes|euros|habitants|voix|mètres|kilomètres|morts|hommes|femmes)",
        leads={
            "month": rf"(?i:en|depuis|de|du|au|mois\s+de|dès|début|fin|mi|à|entre|et|ici|d['’]ici"
            rf"|jusqu['’]en|le\s+mois\s+d['’]|(?:{month})\s+(?:et|ou))[\s-]+|d['’]",
            "year": r"(?i:en|depuis|de|dès|début|fin|mi|à|entre|et|année|jusqu['’]en"
            r"|été|hiver|printemps|automne|avant|après|ici)[\s-]+",
        },
        words={"avant-hier": -2, "hier": -1, "aujourd": 0, "demain": 1, "après-demain": 2, "ce": 0},
        counts=counts,
        units={"heure": "hour", "jour": "day", "week-end": "weekend", "semaine": "week"}
        | {"mois": "month", "an": "year"},
        turns={"derni": -1, "passé": -1, "ce": 0, "prochain": 1},
    )


def _spanish() -> Lexicon:
    month = (
        "(?i:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
        "|diciembre)"
    )
    weekday = "(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
    day = rf"{_DAY}º?{_NO_MORE}"
    turned = r"(?:año\ pasado|próximo\ año|presente\ año|este\ año|año\ próximo)"
    year = rf"(?:\s*,?\s+(?:(?:del?\s+)?(?:año\s+)?{_YEAR}|del?\s+{turned}\b))"
    to = r"(?:\s*[-–—]\s*|\s+(?:al|a|hasta)\s+(?:el\s+)?)"
    core = rf"{day}(?:(?:{to}|\s+y\s+(?:el\s+)?){day})?\s+(?:de\s+)?{month}(?!\w){year}?"
    counts = (
        "_ un|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte"
    )
    count = rf"(?:\d{{1,3}}|{counts.replace(' ', '|')})"
    unit = "(?:días?|semanas?|mes(?:es)?|años?)"
    turn = "(?:pasad[oa]|próxim[oa]|que\\ viene|entrante)"
    part = r"(?:\s+por\s+la\s+(?:mañana|tarde|noche)\b)?"
    times = rf"""
    (?P<date>\b(?i:{weekday})\s*\(\s*{core}\s*\)|(?:\b(?i:{weekday}),?\s+)?{core}(?:{to}{core})?)
  | (?P<month>(?<!\w)(?:(?:principios|mediados|finales)\s+de\s+|(?:pasado|próximo|este)\s+)?
      (?:{month}{year}?{to}(?=[efmajsond]))?{month}(?!\w)(?:{year}|\s+{turn}\b)?)
  | (?P<year>(?<![\w.,€$-]){_YEAR}(?:{to}{_YEAR})?)
  | (?P<weekdays>(?:(?<=[Ee]ntre\sel\s){weekday}\ y\ (?:el\ )?|(?<=[Dd]e\s){weekday}\ a\ )
      {weekday}\b)
  | (?P<weekday>\b(?:(?i:este|pasado|próximo)\ )?(?i:{weekday})\b(?:\s+{turn}\b)?{part})
  | (?P<word>\b(?i:anteayer|antier|ayer|hoy|pasado\ mañana|mañana|anoche
      |esta\ (?:mañana|tarde|noche))\b{part})
  | (?P<ago>\b(?i:hace)\ (?:unos\ |casi\ |más\ de\ )?{count}\s+{unit}\b)
  | \b(?i:dentro\ de|en)\s+(?P<ahead>{count}\s+{unit}\b)
  | \b(?i:l[oa]s)\s+(?P<span>(?:{count}\s+)?últim[oa]s\s+(?:{count}\s+)?(?:horas|{unit})\b)
  | (?P<unit>\b(?i:la\ semana|el\ mes|el\ año|el\ fin\ de\ semana)\ {turn}\b
      |\b(?i:el|la)\ (?:pasad[oa]|próxim[oa])\ (?:semana|mes|año|fin\ de\ semana)\b
      |\b(?i:esta\ semana|este\ (?:mes|año|fin\ de\ semana))\b)
    """
    return _lexicon(
        "es",
        times,
        month=month,
        weekday=f"(?i:{weekday})",
        future=r"(?:va\ a|van\ a|deben?|previst[oa]s?|hasta|a\ partir\ del?|próxim[oa]|antes\ del?"
        r"|\w{2,}[aei]?(?:rá|rán|remos))(?!\w)",
        past=r"ha|han|había|habían|fue|fueron|era|eran|está|\w{2,}(?:ó|aron|ieron|aba|aban|ían?)"
        r"|dijo|hizo|tuvo|murió|desde",
        refused=r"\b(?i:los|cada|todos\s+los)\s+\0|\b(?i:la|una|media|cada|por\s+la|de\s+la|a\s+la"
        r"|temprana)\s+\0mañana|\b(?i:de|hasta|por|aún)\s+\0hoy\b|\b(?i:Santo|Santa|Ramos)\s+\0"
        r"|\0\w+\s+(?:Santo|Negro|de\s+Ramos|de\s+Ceniza)\b"
        r"|\0\d{4}\s+(?:personas|euros|habitantes|votos|metros|kilómetros|muertos|dólares|pesos)",
        leads={
            "month": rf"(?i:en|desde|hasta|de|del|a|para|entre|mes\s+de|{month}\s+(?:y|o))\s+",
            "year": r"(?i:en|desde|hasta|de|del|a|para|entre|año|y|verano|invierno)\s+",
        },
        words={"anteayer": -2, "antier": -2, "ayer": -1, "anoche": -1, "hoy": 0}
        | {"pasado mañana": 2, "mañana": 1, "esta": 0},
        counts=counts,
        units={"hora": "hour", "día": "day", "fin de semana": "weekend", "semana": "week"}
        | {"mes": "month", "año": "year"},
        turns={"pasad": -1, "últim": -1, "est": 0, "presente": 0}
        | {"próxim": 1, "que viene": 1, "entrante": 1},
    )


LEXICONS: Mapping[str, Lexicon] = {
    code: lexicon
    for lexicon, codes in (
        (_english(), "en eng"),
        (_german(), "de deu ger"),
        (_french(), "fr fra fre"),
        (_spanish(), "es spa"),
    )
    for code in codes.split()
}
