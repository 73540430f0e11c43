"""Tables for papers: Markdown and LaTeX."""

from collections.abc import Iterator, Sequence

from framing.formats.cells import Row


def markdown(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Draw rows as a Markdown table."""
    from tabulate import tabulate

    def cell(value: object) -> object:
        if value is None:
            return ""
        return value.replace("|", "\\|") if isinstance(value, str) else value

    body = [[cell(row.get(name)) for name in columns] for row in rows]
    return str(tabulate(body, headers=list(columns), tablefmt="pipe", disable_numparse=True)) + "\n"


_LATEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "–": "--",
    "≥": r"$\geq$",
}


def latex(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Draw rows as a LaTeX table (package booktabs); numbers to the right.

    Examples
    --------
    >>> print(latex([{"value": "a_b", "share": 0.5}], ["value", "share"]), end="")
    \\begin{tabular}{lr}
    \\toprule
    value & share \\\\
    \\midrule
    a\\_b & 0.5 \\\\
    \\bottomrule
    \\end{tabular}
    """

    def cell(value: object) -> str:
        text = "" if value is None else " ".join(str(value).split())
        return "".join(_LATEX.get(mark, mark) for mark in text if mark.isprintable())

    def kind(name: str) -> str:
        return "r" if rows and all(isinstance(row.get(name), int | float | None) for row in rows) else "l"

    head, *body = [" & ".join(map(cell, line)) + r" \\" for line in _lines(rows, columns)]
    kinds = "".join(map(kind, columns))
    parts = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", head, r"\midrule", *body]
    return "\n".join([*parts, r"\bottomrule", r"\end{tabular}", ""])


def _lines(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[Sequence[object]]:
    yield columns
    for row in rows:
        yield [row.get(name) for name in columns]
