"""Codebook to what coders see: the labelling screen and the instructions."""

import html
from xml.etree import ElementTree as ET

from framing.codebook import Codebook, Value, Variable

#: Names that the screen itself uses; a codebook's variables can't have them.
UNSURE, NOTE, UNIT, REASON = "unsure", "note", "unit", "reason"
#: More values than this stand in two columns, each definition cut to what fits; the mouse shows the rest.
_MANY = 8
_UNSURE_KEYS, _REASON_KEYS = "u0q", "qwertyasdfghzxcvbn"
_COLOURS = ("#1565c0", "#c62828", "#2e7d32", "#6a1b9a", "#ef6c00", "#00838f", "#ad1457", "#616161")
_STYLE = """
.lsf-sidepanels { padding-right: 0 !important; padding-left: 0 !important; }
.lsf-sidepanels__wrapper { display: none !important; }
.framing { max-width: 1000px; margin: 0 auto; display: flex; flex-direction: column;
  max-height: calc(100vh - 136px); }
.framing .lsf-richtext, .framing .lsf-object { margin: 0; padding: 0; }
.framing .lsf-richtext__container { padding: 0; min-height: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.framing-where, .framing-where .lsf-richtext__line { font-size: 13px; opacity: 0.75; }
.framing-title .lsf-richtext__line { font-size: 15px; opacity: 0.85; }
.framing-near { margin: 4px 14px; max-height: 66px; min-height: 24px; overflow: auto; }
.framing-near .lsf-richtext__line { font-size: 15px; line-height: 1.4; opacity: 0.6; }
.framing-unit { margin: 4px 0; padding: 10px 14px; border-left: 4px solid #1565c0;
  background: rgba(21, 101, 192, 0.09); min-height: 48px; overflow: auto; }
.framing-unit .lsf-richtext__line { font-size: 20px; line-height: 1.4; font-weight: 500; }
.framing-unit::-webkit-scrollbar, .framing-near::-webkit-scrollbar { width: 10px; }
.framing-unit::-webkit-scrollbar-thumb, .framing-near::-webkit-scrollbar-thumb {
  background: rgba(128, 128, 128, 0.7); border-radius: 5px; }
.framing .lsf-richtext__line { display: block; unicode-bidi: plaintext; text-align: start; }
.framing .lsf-richtext__container br { display: none; }
.framing-unit .lsf-richtext__line:empty { min-height: 10px; }
.framing-answers .lsf-richtext__line { font-size: 14px; line-height: 1.4; }
.framing-answers { margin: 6px 0; padding: 6px 14px; border-left: 4px solid #ef6c00;
  background: rgba(239, 108, 0, 0.09); max-height: 76px; flex-shrink: 0; overflow: auto; }
.framing .lsf-choices { margin: 2px 0 0; gap: 0; }
.framing .lsf-choice__item { display: flex; align-items: baseline; line-height: 1.3; margin: 0;
  padding: 3px 0; }
.framing .lsf-choice__item label { height: auto; line-height: 1.3; white-space: normal; }
.framing-name { font-weight: 600; margin-right: 6px; }
.framing-definition { font-size: 13px; font-weight: 400; opacity: 0.75; }
.framing .lsf-choices_layout_vertical .lsf-hint { display: none; }
.framing-key { display: inline-block; min-width: 18px; padding: 0 4px; margin: 0 6px; text-align: center;
  font-size: 12px; border: 1px solid rgba(128, 128, 128, 0.5); border-radius: 4px; }
.framing-title:has(.lsf-richtext__line:empty),
.framing-near:has(.lsf-richtext__line:empty) { display: none; }
.framing-whole .lsf-richtext__line { font-size: 16px; font-weight: 400; }
.framing-many .lsf-choices { display: block; column-count: 2; column-gap: 24px; }
.framing-many .lsf-choice__item { break-inside: avoid; }
.framing-many .lsf-choice__item label { display: flex; width: 100%; }
.framing-many .ant-checkbox + span { flex: 1; min-width: 0; overflow: hidden;
  white-space: nowrap; text-overflow: ellipsis; }
.framing-more { display: flex; gap: 20px; align-items: center; margin-top: 4px; }
.framing-more form { min-width: 460px; }
"""


#: Why coders disagreed, as the adjudicator sees it.
REASONS = ("slip", "rule overlooked", "rule unclear", "text ambiguous", "unit cut wrongly", "other")


def screen(codebook: Codebook, *, adjudication: bool = False) -> str:
    """Draw the labelling screen as a Label Studio configuration.

    Parameters
    ----------
    codebook : Codebook
        Its variables become choices with hotkeys, hints and colours.
    adjudication : bool
        Whether the coders' answers are shown and a reason is asked for.

    Returns
    -------
    str
        XML; the unit is the object `unit`, each variable a control of its name, beside `unsure`
        and `note`.

    Examples
    --------
    >>> from framing.resources import packaged
    >>> book = Codebook.read(packaged("config") / "codebook.yaml")
    >>> 'hotkey="1"' in screen(book)
    True
    """
    root = ET.Element("View", className="framing")
    ET.SubElement(root, "Style").text = _STYLE
    _text(root, "where", "framing-where")
    _text(root, "title", "framing-title")
    _text(root, "before", "framing-near")
    whole = "" if codebook.unit == "sentence" else " framing-whole"
    _text(root, "text", f"framing-unit{whole}", name=UNIT)
    _text(root, "after", "framing-near")
    if adjudication:
        _text(root, "answers", "framing-answers")
    for variable in codebook.variables:
        _question(root, variable)
    if adjudication:
        _reasons(root, codebook)
    _margin(root, codebook)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _text(root: ET.Element, field: str, style: str, name: str = "") -> None:
    box = ET.SubElement(root, "View", className=style)
    ET.SubElement(box, "Text", name=name or field, value=f"${field}")


def _question(root: ET.Element, variable: Variable) -> None:
    ET.SubElement(root, "Header", value=variable.question, size="5")
    many = len(variable.values) > _MANY
    choices = ET.SubElement(
        ET.SubElement(root, "View", className="framing-many") if many else root,
        "Choices",
        name=variable.name,
        toName=UNIT,
        choice="single" if variable.type == "one" else "multiple",
        required="true" if variable.type == "one" else "false",
        requiredMessage=f"Choose one: {', '.join(variable.names)}",
        showInline="false",
    )
    for index, value in enumerate(variable.values):
        ET.SubElement(choices, "Choice", _choice(value, index))


def _reasons(root: ET.Element, codebook: Codebook) -> None:
    reasons = ET.SubElement(
        root, "Choices", name=REASON, toName=UNIT, choice="single-radio", showInline="true"
    )
    for reason, key in zip(REASONS, _free(codebook, _REASON_KEYS), strict=False):
        ET.SubElement(reasons, "Choice", _keyed(reason, key))


def _choice(value: Value, index: int) -> dict[str, str]:
    colour = value.colour or _COLOURS[index % len(_COLOURS)]
    key = f'<span class="framing-key">{html.escape(value.hotkey)}</span>' if value.hotkey else " "
    drawn = {
        "value": value.name,
        "html": f'<span style="border-left: 4px solid {colour}"></span>{key}'
        f'<span class="framing-name">{html.escape(value.name)}</span> '
        f'<span class="framing-definition">{html.escape(value.definition)}</span>',
        "hint": " ".join([value.definition, *value.use_when]),
        "background": colour,
    }
    return drawn | ({"hotkey": value.hotkey} if value.hotkey else {})


def _margin(root: ET.Element, codebook: Codebook) -> None:
    more = ET.SubElement(root, "View", className="framing-more")
    unsure = ET.SubElement(more, "Choices", name=UNSURE, toName=UNIT, choice="multiple", showInline="true")
    ET.SubElement(unsure, "Choice", _keyed(UNSURE, _free(codebook, _UNSURE_KEYS)[0]))
    ET.SubElement(
        more,
        "TextArea",
        name=NOTE,
        toName=UNIT,
        rows="1",
        maxSubmissions="1",
        editable="true",
        placeholder="note (optional), then Enter",
    )


def _free(codebook: Codebook, keys: str) -> list[str]:
    """The keys that no value has, then none."""
    taken = {value.hotkey for variable in codebook.variables for value in variable.values}
    return [key for key in keys if key not in taken] + [""] * len(keys)


def _keyed(name: str, key: str) -> dict[str, str]:
    return {"value": name} | ({"hotkey": key} if key else {})


def instructions(codebook: Codebook) -> str:
    """Write the coders' instructions as HTML; every word of the codebook is escaped."""
    parts = [
        f"<h3>{html.escape(codebook.title)}</h3>",
        f"<p>{html.escape(codebook.introduction)}</p>",
    ]
    for variable in codebook.variables:
        parts.append(f"<br><h4>{html.escape(variable.name)}: {html.escape(variable.question)}</h4>")
        parts += [_explained(value) for value in variable.values]
    return "\n".join(parts)


def _explained(value: Value) -> str:
    """Explain one value; Label Studio takes styles and bullets away, so the text carries them."""
    key = f" [{html.escape(value.hotkey)}]" if value.hotkey else ""
    told = [f"<br><b>{html.escape(value.name)}</b>{key}<br>{html.escape(value.definition)}<br>"]
    for heading, lines in (
        ("Use when", value.use_when),
        ("Don’t use when", value.dont_use_when),
        ("Examples", value.examples),
    ):
        if lines:
            told.append(f"<i>{heading}</i><br>")
            told += [f"&nbsp;&nbsp;• {html.escape(line)}<br>" for line in lines]
    return "<p>" + "".join(told) + "</p>"
