"""Who says a quoted passage, by which verb, and with which words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLAIN_VERBS = (
    "said says say saying told tells telling added adds adding asked asks asking replied replies "
    "replying wrote writes noted notes noting stated states explained explains answered answers "
    "recalled recalls commented responded concluded continued announced reported reports remarked "
    "observed"
)
_LOADED_VERBS = (
    "claimed claims claiming admitted admits admitting insisted insists insisting warned warns "
    "warning alleged alleges boasted boasts bragged conceded concedes confessed confesses denied "
    "denies blasted blasts slammed slams raged rages fumed fumes thundered vowed vows threatened "
    "threatens argued argues stressed stresses maintained maintains complained complains "
    "acknowledged acknowledges hinted hints signalled signaled signals suggested suggests "
    "suggesting revealed reveals declared declares demanded demands pleaded pleads joked jokes "
    "quipped quips snapped scoffed protested cautioned urged urges assured assures lamented "
    "declaimed sneered"
)
PLAIN = frozenset(_PLAIN_VERBS.split())
LOADED = frozenset(_LOADED_VERBS.split())
#: Adverbs that shade a verb of saying when they stand right beside it.
_BESIDE = frozenset("even finally only simply merely openly bluntly repeatedly once".split())
#: Words in the sentence of a quotation that tell the reader how to take it.
SHADING = frozenset(
    "allegedly supposedly reportedly apparently chillingly chilling shockingly shocking "
    "astonishingly bizarrely ominously defiantly defiant angrily furious furiously grudgingly "
    "reluctantly blunt famously notoriously so-called "
    "terrifying explosive damning stark ominous dire grim bombshell".split()
)

_VERB = "|".join(sorted(PLAIN | LOADED, key=len, reverse=True))
HONORIFICS = frozenset("Dr Mr Mrs Ms Prof Sir Lt Col Gen Rev Sgt Capt Gov Sen Rep".split())
_TITLE = r"(?:Dr|Mr|Mrs|Ms|Prof|Sir|Lt|Col|Gen|St|Rev|Sgt|Capt|Gov|Sen|Rep)\.?"
_WORD = r"[A-Z](?:\w|[’'-](?=[A-Z]))+"
_LATER = rf"[ ]+(?:(?:van|von|de|der|al|bin|la)[ ]+)?(?:{_WORD}|[A-Z]\.)"
_NAME = rf"(?<![\w.’'-])(?:{_TITLE}[ ]+)?(?:[A-Z]\.[ ])*{_WORD}(?:{_LATER}){{0,3}}"
_ROLE = (
    r"(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|[Oo]ne|[Ii]ts|[Tt]heir)\s+(?:[\w’'-]+\s+){0,4}?"
    r"(?:spokes(?:man|woman|person)|minister|president|mayor|leader|official|officer|chief|"
    r"director|judge|lawyer|doctor|engineer|expert|witness|source|resident|neighbour|neighbor|"
    r"secretary|chairman|chairwoman|head|mother|father|company|ministry|police|council|statement|"
    r"union|teacher|"
    r"professor|scientist|owner|driver|manager|farmer|report|notice)"
)
_PRONOUN = r"\b(?:[Hh]e|[Ss]he|[Tt]hey)\b"
_WHO = rf"(?P<who>{_NAME}|{_ROLE}|{_PRONOUN})"
_ADVERB = r"(?:(?:\w+ly|also|even|then|later|now|once|simply|only|has|had|have)\s+){0,2}"

_AFTER_INVERTED = re.compile(rf"^[\s,]*(?P<shade>{_ADVERB})(?P<verb>{_VERB})\s+{_WHO}")
_AFTER = re.compile(
    rf"^[\s,—–-]*{_WHO}(?P<mid>(?:,[^,“”\"]{{1,80}},)?)\s+(?P<shade>{_ADVERB})(?P<verb>{_VERB})\b"
)
_BEFORE = re.compile(
    rf"{_WHO}(?P<mid>(?:,[^,“”\"]{{1,120}},|\s+\([^)]*\))?)\s+(?P<shade>{_ADVERB})(?P<verb>{_VERB})\b"
)
_ACCORDING = re.compile(rf"[Aa](?P<verb>ccording to)\s+{_WHO}")
_COLON = re.compile(rf"^\s*{_WHO}:\s*[‘'“\"]?$")
_DASH_SOURCE = re.compile(rf"^\s*[,—–-]\s*{_WHO}\s*$")
_OFFICES = frozenset(
    "President Minister Director Professor Chairman Chairwoman Secretary Senator Governor Mayor "
    "Councillor Councilwoman Councilman General Colonel Captain Doctor Judge Leader Foreign Prime "
    "Chief Russian Chinese American British German French Ukrainian European Lord Lady King Queen "
    "Prince Princess Pope".split()
)
_NOT_NAMES = frozenset(
    "The A An In On At But And Or When While Asked If As It This That These Those There Then "
    "Yesterday Monday Tuesday Wednesday Thursday Friday Saturday Sunday However Meanwhile Also "
    "For From With By After Before According He She They We You I His Her Its Their Speaking To "
    "Of Not No Yes What Who How Why Where January February March April June July August September "
    "October November December".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says a passage and how that is told.

    Attributes
    ----------
    speaker : str
        As written; empty where it is not plain.
    verb : str
        ``said``, ``claimed`` …; empty where there is none.
    shading : tuple of str
        Words in the sentence that tell how to take the quotation: a loaded verb, ``even`` …
    """

    speaker: str
    verb: str
    shading: tuple[str, ...]


def attribution(before: str, after: str) -> Attribution:
    """Read the words of the sentence around a passage.

    Parameters
    ----------
    before, after : str
        What stands before and after the passage in its sentence, other passages left out.

    Examples
    --------
    >>> attribution("", ",” Ines Corrow even claimed on Wednesday.")
    Attribution(speaker='Ines Corrow', verb='claimed', shading=('claimed', 'even'))
    >>> attribution("The mayor told a radio station that it was ", ".").speaker
    'The mayor'
    """
    close = after.lstrip("”\"’'»")
    for pattern, text in (
        (_AFTER_INVERTED, close),
        (_AFTER, close),
        (_COLON, before),
        (_DASH_SOURCE, close),
        (_BEFORE, before),
        (_ACCORDING, close),
        (_ACCORDING, before),
        (_BEFORE, close),
    ):
        for found in _latest(pattern, text):
            who = _who(found)
            if who:
                beside = (found.groupdict().get("shade") or "").casefold().split()
                verb = _verb(found)
                return Attribution(who, verb, _shading(before, close, verb, beside))
    loose = re.findall(rf"\b(?:{_VERB})\b", f"{before} {close}")
    verb = loose[-1].casefold() if loose else ""
    return Attribution("", verb, _shading(before, close, verb, ()))


def _who(found: "re.Match[str]") -> str:
    """The speaker; of a role that a name explains ("its leader, Petra Gall,") the name."""
    who = found.group("who")
    explained = names_in(found.groupdict().get("mid") or "")
    return explained[0] if explained and re.fullmatch(_ROLE, who) else _cleaned(who)


def _latest(pattern: "re.Pattern[str]", text: str) -> list["re.Match[str]"]:
    """Matches, the one nearest to the passage first: what stands before it is read backwards."""
    found = list(pattern.finditer(text))
    return found[::-1] if pattern in (_BEFORE, _ACCORDING) else found


def _verb(found: "re.Match[str]") -> str:
    verb = found.groupdict().get("verb") or ""
    return "according to" if verb == "ccording to" else verb.casefold()


def _cleaned(who: str) -> str:
    words = who.split()
    while words and words[0] in _NOT_NAMES | _OFFICES and len(words) > 1 and words[1][:1].isupper():
        words = words[1:]
    if len(words) == 1 and words[0] in _NOT_NAMES - {"He", "She", "They"}:
        return ""
    return " ".join(words).rstrip(",")


def _shading(before: str, after: str, verb: str, beside: Sequence[str]) -> tuple[str, ...]:
    words = set(re.findall(r"[\w-]+", f"{before} {after}".casefold()))
    last = re.findall(r"[\w-]+", before.casefold())[-1:]
    loaded = {verb} & LOADED
    return tuple(sorted((words & SHADING) | loaded | (_BESIDE & {*beside, *last})))


def is_pronoun(who: str) -> bool:
    """Whether the speaker is told by a pronoun alone.

    Examples
    --------
    >>> is_pronoun("He"), is_pronoun("Helen")
    (True, False)
    """
    return re.fullmatch(_PRONOUN, who) is not None


def names_in(text: str) -> list[str]:
    """Names of two or more words, in their order.

    Examples
    --------
    >>> names_in("On Friday Ines Corrow met Dr. Aas.")
    ['Ines Corrow', 'Dr. Aas']
    """
    found = [_cleaned(item.group()) for item in re.finditer(_NAME, text)]
    return [name for name in found if " " in name]
