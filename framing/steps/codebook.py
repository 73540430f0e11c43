"""`framing codebook`: check it, show it as the coders' instructions, compare it with another version."""

from dataclasses import dataclass
from pathlib import Path

from framing.codebook import Change, Codebook, Value, differences
from framing.errors import CodebookError
from framing.files import whole_text
from framing.plural import counted
from framing.steps.study import Study


@dataclass(frozen=True, slots=True)
class CheckedCodebook:
    """A codebook without faults.

    Attributes
    ----------
    file : str
    title, unit : str
    variables, values : int
    hash, values_hash : str
        Of the whole codebook, and of unit, variables, types and values.
    """

    file: str
    title: str
    unit: str
    variables: int
    values: int
    hash: str
    values_hash: str


def _read(file: Path | None, workspace: Path | None) -> tuple[Codebook, str]:
    if file is not None:
        return Codebook.read(file), str(file)
    study = Study.find(workspace)
    return study.codebook, str(study.workspace.codebook) if study.workspace else "packaged codebook"


def check_codebook(file: Path | None = None, workspace: Path | None = None) -> CheckedCodebook:
    """Check a codebook as a whole, a workspace's against the answers in `labels/` too.

    Raises
    ------
    CodebookError
        With every fault and its line; or if answers have a value that the codebook no longer has.
    """
    book, name = _read(file, workspace)
    lost = {} if file else _without_place(Study.find(workspace))
    if lost:
        raise CodebookError(
            f"{name}: labels/ holds {counted(sum(lost.values()), 'answer')} with values that the "
            "codebook does not have",
            hint="give the values back, or name what they became with formerly: [OLD]",
            faults=[f"labels/: {value}: {counted(count, 'answer')}" for value, count in lost.items()],
        )
    return CheckedCodebook(
        file=name,
        title=book.title,
        unit=book.unit,
        variables=len(book.variables),
        values=sum(len(variable.values) for variable in book.variables),
        hash=book.fingerprint,
        values_hash=book.values_fingerprint,
    )


@dataclass(frozen=True, slots=True)
class CodebookDiff:
    """How two codebooks differ.

    Attributes
    ----------
    old, new : str
        Their files.
    same_values : bool
        Whether models and labels of the one fit the other: unit, variables, types and values.
    changes : list of Change
    answers : dict of str to int
        Answers in the workspace's `labels/` that the new one has no value for, by
        ``variable=value``.
    """

    old: str
    new: str
    same_values: bool
    changes: list[Change]
    answers: dict[str, int]


def diff_codebooks(old: Path, new: Path | None = None, workspace: Path | None = None) -> CodebookDiff:
    """Compare an older codebook with a newer one, the workspace's unless named.

    Raises
    ------
    CodebookError
        If one of them has faults.
    """
    before = Codebook.read(old)
    after, name = _read(new, workspace)
    return CodebookDiff(
        old=str(old),
        new=name,
        same_values=before.values_fingerprint == after.values_fingerprint,
        changes=differences(before, after),
        answers={} if new else _without_place(Study.find(workspace)),
    )


def _without_place(study: Study) -> dict[str, int]:
    """Count stored answers that the workspace's codebook has no value for."""
    from framing.labels import read_labels
    from framing.labels.renames import answers_without_place

    folder = study.workspace.labels if study.workspace else None
    if folder is None or not folder.is_dir() or not any(folder.glob("*.csv")):
        return {}
    return answers_without_place(read_labels([folder], study.codebook), study.codebook)


def show_codebook(file: Path | None, workspace: Path | None, form: str, output: Path | None) -> str:
    """Write a codebook as instructions: ``md``, ``html`` or ``json``; `output`'s ending decides.

    Raises
    ------
    CodebookError
        If the codebook has faults or no form goes by the ending.
    """
    book, _ = _read(file, workspace)
    wanted = output.suffix.lower().lstrip(".") if output else form
    if wanted == "json":
        text = book.model_dump_json(indent=1) + "\n"
    elif wanted == "md":
        text = _markdown(book)
    elif wanted == "html":
        text = _html(book)
    else:
        raise CodebookError(
            f"{output}: no such form, expected .md .html .json", hint="choose one of these endings"
        )
    if output:
        with whole_text(output) as stream:
            stream.write(text)
    return text


def _markdown(book: Codebook) -> str:
    lines = [f"# {book.title}", "", book.introduction, "", f"Unit: {book.unit}", ""]
    for variable in book.variables:
        how = "exactly one value" if variable.type == "one" else "any number of values"
        how += ", in their order, least first" if variable.ordered else ""
        lines += [f"## {variable.name}", "", f"{variable.question} ({how})", ""]
        for value in variable.values:
            lines += _value(value)
    return "\n".join(lines)


def _value(value: Value) -> list[str]:
    key = f" (key {value.hotkey})" if value.hotkey else ""
    lines = [f"### {value.name}{key}", "", value.definition, ""]
    if value.regions:
        lines += [f"Can occur in: {', '.join(value.regions)}", ""]
    for heading, items in (
        ("Use when", value.use_when),
        ("Don’t use when", value.dont_use_when),
        ("Examples", value.examples),
    ):
        if items:
            lines += [f"{heading}:", "", *(f"- {item}" for item in items), ""]
    return lines


def _html(book: Codebook) -> str:
    import html

    from framing.labelstudio.screen import instructions

    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(book.title)}'
        '</title><meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 sans-serif;'
        f"max-width:48rem;margin:2rem auto;padding:0 1rem}}</style></head><body>{instructions(book)}"
        "</body></html>\n"
    )
