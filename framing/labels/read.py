"""LABELS files to one table of answers, whatever shape they come in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framing.codebook import Codebook
from framing.errors import TableError
from framing.files import readable
from framing.formats import Damage, read_numbered
from framing.labels.renames import with_todays_names
from framing.records import MACHINE, TRAINING, article_id, digest, unit_id
from framing.tables import GOLD, LABELS, PLAIN, checked, columns_present, with_known_names

if TYPE_CHECKING:
    import pandas as pd

#: Who a label is from when a table does not say: GOLD tables, and plain tables of labelled texts.
GIVEN = "given"
PLAIN_VARIABLE = "label"
#: No codebook asks for more; a column of other names taken for variables would be worked on for hours.
_MOST_VARIABLES = 500
_ROUND = "a spreadsheet may have made a date or a number of it: write the round's name, or rename the file"


def read_labels(paths: Sequence[Path], codebook: Codebook | None = None) -> "pd.DataFrame":
    """Read LABELS, GOLD and plain text-and-label tables into one LABELS table.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders of which every CSV, TSV, JSONL and Parquet file counts.
    codebook : Codebook, optional
        Answers under names that it has changed since are read under today's.

    Returns
    -------
    DataFrame
        The columns of `framing.tables.LABELS`; `file` and `row` say where each answer stands.

    Raises
    ------
    TableError
        If there is no file, or one has neither the columns of LABELS nor ``text`` and ``label``, more
        than 500 variables, or cells that can't be what their columns hold.

    Notes
    -----
    Rows that are the same in all columns, the time or the answer on the server among them, are one
    answer: files get doubled by copying and joining.
    """
    import pandas as pd

    files = [file for path in paths for file in _files(path)]
    if not files:
        raise TableError(
            f"no labels in {', '.join(map(str, paths)) or 'labels/'}",
            hint="fetch answers with: framing pull; or name a table with columns text and label",
        )
    tables = [_labels(file) for file in files]
    table = _once(pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0])
    return with_todays_names(table, codebook) if codebook else table


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    endings = {".csv", ".tsv", ".jsonl", ".parquet"}
    return sorted(item for item in path.iterdir() if item.suffix in endings and item.name[0] != ".")


def read_round(file: Path) -> "pd.DataFrame":
    """Read the file of a round in a workspace, to join other answers with it.

    Parameters
    ----------
    file : Path
        Named after the round; a missing one has no rows.

    Returns
    -------
    DataFrame
        The columns of `framing.tables.LABELS`, then any others of the file.

    Raises
    ------
    TableError
        If it breaks the contract, or its rows name another round.
    """
    import pandas as pd

    if not file.is_file():
        return pd.DataFrame(columns=list(LABELS.columns))
    frame, rows = read_numbered(file)
    table = checked(frame, LABELS, str(file), rows)
    others = ~table["round"].isin(("", file.stem)).to_numpy()
    damage = Damage(str(file))
    for index in map(int, others.nonzero()[0]):
        found = str(table["round"].iloc[index])
        damage.add(
            rows[index], "round", f"found {found!r}, expected {file.stem!r}, as the file is named", _ROUND
        )
    damage.refuse()
    return _once(table)


def _once(table: "pd.DataFrame") -> "pd.DataFrame":
    """Leave out rows that stand there twice; without time and answer they may be two occasions."""
    known = (table["made_at"] != "") | table["annotation"].notna()
    some = table.duplicated(["unit_id", "variable", "coder", "made_at"], keep=False) & known
    if not some.any():
        return table
    twice = table.loc[some].duplicated(list(LABELS.columns))
    return table.drop(index=twice.index[twice]).reset_index(drop=True)


def _labels(file: Path) -> "pd.DataFrame":
    frame, rows = read_numbered(file)
    frame = with_known_names(frame, (*LABELS.columns, *GOLD.columns, *PLAIN), str(file))
    frame["file"] = readable(file)
    frame["row"] = list(map(str, rows))
    if columns_present(frame, LABELS.required):
        pass
    elif columns_present(frame, GOLD.required):
        frame = _from_gold(frame)
    elif columns_present(frame, PLAIN):
        frame = _from_plain(frame, file)
    else:
        raise TableError(
            f"{file}: no LABELS table: found columns {' '.join(map(str, frame.columns[:-2]))[:400]}, "
            f"expected {' '.join(LABELS.required)}, or text and label",
            hint="name the columns in the first row of the file",
        )
    table = checked(frame, LABELS, str(file), list(map(int, frame["row"])))
    variables = table["variable"].nunique()
    if variables > _MOST_VARIABLES:
        raise TableError(
            f"{file}: column variable holds {variables:,} names, expected at most {_MOST_VARIABLES}",
            hint="put the name of the codebook's variable into it; the coder's answer stands in value",
        )
    table["region"] = table["region"].astype("str")
    table["current"] &= ~table["withdrawn"]
    return table


def _from_gold(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Turn gold into answers; an empty value with a method is "none of them" of several values."""
    if "method" in frame.columns:
        frame = frame[(frame["method"] != "unresolved") & ((frame["value"] != "") | (frame["method"] != ""))]
    return frame.assign(coder=GIVEN)


def _from_plain(frame: "pd.DataFrame", file: Path) -> "pd.DataFrame":
    """Turn labelled texts into answers; a text that has no article stands for itself."""
    texts = frame["text"].astype("str")
    # The same text from another coder is the same unit; from the same coder it is another one.
    coders = frame["coder"].replace("", GIVEN) if "coder" in frame.columns else texts.map(lambda _: GIVEN)
    keys = [texts, coders]
    repeated = texts.groupby(keys).cumcount()
    given = frame["article_id"] if "article_id" in frame.columns else texts.map(lambda _: "")
    articles = [
        known or article_id(f"{file.name}#{digest(text, size=8)}")
        for known, text in zip(given, texts, strict=True)
    ]
    units = [
        unit_id(article, text, int(number))
        for article, text, number in zip(articles, texts, repeated, strict=True)
    ]
    return frame.assign(
        unit_id=units,
        article_id=articles,
        variable=PLAIN_VARIABLE,
        value=frame["label"],
        skipped=_unlabelled(frame["label"]),
        coder=coders,
    )


def _unlabelled(labels: "pd.Series[str]") -> "pd.Series[str]":
    """Texts without a label are not coded, but where others have several values they have none."""
    several = labels.str.contains("|", regex=False).any()
    return (labels == "").map({True: "false" if several else "true", False: "false"})


def current_answers(labels: "pd.DataFrame") -> "pd.DataFrame":
    """Keep each coder's latest answer on each variable of a unit, skipped ones left out.

    Parameters
    ----------
    labels : DataFrame
        LABELS; within a round the marked answers count, across rounds the latest `made_at`.

    Returns
    -------
    DataFrame
        LABELS with one row for each unit, variable and coder, in the order of the input.
    """
    marked = labels[labels["current"] & ~labels["skipped"]]
    order = marked.assign(_at=answer_times(marked["made_at"])).sort_values(
        "_at", kind="stable", na_position="first"
    )
    last = order.drop_duplicates(["unit_id", "variable", "coder"], keep="last")
    return last.drop(columns="_at").sort_index()


def of_people(labels: "pd.DataFrame") -> "pd.DataFrame":
    """Leave out what is in no reliability, no gold and no model: a machine coder's answers, and training.

    Parameters
    ----------
    labels : DataFrame
        LABELS.
    """
    machine = labels["kind"] == MACHINE
    return labels[~machine & (labels["sampling"] != TRAINING)]


def answer_times(made_at: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    """Read `made_at`; missing where no time is known."""
    import pandas as pd

    return pd.to_datetime(made_at.replace("", None), utc=True, errors="coerce", format="ISO8601")
