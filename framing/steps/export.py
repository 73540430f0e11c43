"""`framing export`: the whole study as a folder that another lab can check."""

import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from framing import __version__
from framing.codebook import Codebook
from framing.errors import ModelError, TableError, WorkspaceError
from framing.files import readable, whole_text
from framing.formats import READABLE, read_frame, write_json
from framing.settings import Settings, Workspace
from framing.steps.models import SHIPPED
from framing.steps.sharing import exported
from framing.steps.sharing.describe import datasheet, read_answers, readme
from framing.steps.sharing.exported import MODEL_FILES, TEXTS
from framing.steps.sharing.figures import write_figures
from framing.steps.sharing.folders import replacing
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

#: What happens to a table on its way into the study: its texts stay, are left out, or put back.
Change = Callable[["pd.DataFrame"], "pd.DataFrame"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export left.

    Attributes
    ----------
    folder : Path
    files : int
        Without the manifest.
    texts : str
        ``kept``, ``left out``, or ``put back``.
    coders_renamed : int
        Coders whose name looked like an e-mail address and was replaced by a pseudonym.
    examples_left_out : int
        The codebook's examples that stand in the articles, where texts are left out.
    left_out : list of str
        Files of the workspace that are not in it, with the reason.
    not_made : dict of str to str
        Figures that could not be computed, with the reason.
    open_questions : list of str
        Keys of the datasheet's questions that the authors have not answered.
    """

    folder: Path
    files: int
    texts: str
    coders_renamed: int
    examples_left_out: int
    left_out: list[str]
    not_made: dict[str, str]
    open_questions: list[str]


def export(study: Study, folder: Path, *, texts: bool = True) -> Exported:
    """Write labels, codebook, settings, gold, figures, models, scores and a datasheet to a folder.

    Parameters
    ----------
    study : Study
        With a workspace.
    folder : Path
        New, empty, or an earlier export without files of yours in it; written whole or not at all.
    texts : bool
        False: ids and offsets only; what stands on a page, and remarks about it, are left out.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or something else lies in the folder.
    TableError
        If there are no labels, or they can't be read.
    """
    return build(
        study, folder, left_out if not texts else lambda frame: frame, "kept" if texts else "left out"
    )


def left_out(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A table without what stands on a page and without remarks about it: the columns stay, empty."""
    blank = {name: "" for name in frame.columns if name in TEXTS}
    return frame.assign(**blank)


def build(study: Study, folder: Path, change: Change, texts: str) -> Exported:
    """Write a study whose tables went through `change`; see `export`."""
    source = study.needed
    if folder.resolve() in (source.root, *source.root.parents):
        raise WorkspaceError(
            f"{folder}: holds the workspace itself, expected another folder", hint="framing export ../study"
        )
    with replacing(folder) as scratch:
        copied = _Copy(study, Workspace(scratch), change, texts)
        copied.run()
        return _finished(copied, folder)


@dataclass
class _Copy:
    """The workspace's files on their way into the study."""

    study: Study
    target: Workspace
    change: Change
    texts: str
    left: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    examples: set[str] = field(default_factory=set)

    @property
    def bare(self) -> bool:
        return self.texts == "left out"

    def run(self) -> None:
        self._settings()
        self._labels()
        self._scores()
        self._models()
        self._codebook()

    def _settings(self) -> None:
        own: Settings = self.study.settings
        kept = {name: getattr(own, name) for name in exported.SHARED_SETTINGS}
        kept["alpha_thresholds"] = list(kept["alpha_thresholds"])
        _write(self.target.settings, yaml.safe_dump(kept, sort_keys=False, allow_unicode=True))
        answers = read_answers(self.study.needed.root)
        if answers:
            _write(self.target.root / exported.ANSWERS, yaml.safe_dump(answers, allow_unicode=True))

    def _labels(self) -> None:
        from framing.labels import read_labels

        source = self.study.needed.labels
        files = [
            path for path in self._readable(source) if path.suffix in (".csv", ".tsv", ".jsonl", ".parquet")
        ]
        tables = {path: read_labels([path]) for path in files}
        if not tables:
            raise TableError(
                "no labels in labels/",
                hint="fetch answers with: framing pull; or: framing labels import FILE",
            )
        coders = {str(name) for table in tables.values() for name in table["coder"]}
        self.renamed = _pseudonyms(coders)
        for path, table in tables.items():
            self._note_examples(table)
            named = table.assign(coder=table["coder"].replace(self.renamed))
            exported.write_labels(self.change(named), self._new(self.target.labels, path))

    def _scores(self) -> None:
        for path in self._readable(self.study.needed.scores):
            try:
                frame = read_frame(path)
            except TableError as error:
                self.left.append(f"scores/{path.name}: {' '.join(error.message.split())}")
                continue
            names = list(map(str, frame.columns))
            if not exported.is_scores(names) and not exported.is_articles(names):
                self.left.append(f"scores/{path.name}: neither scores of units nor of articles")
                continue
            self._note_examples(frame)
            choose = exported.score_columns if exported.is_scores(names) else exported.article_columns
            kept = [name for name in choose(names) if not (self.bare and name == "explanation")]
            exported.write_table(self.change(frame), kept, self._new(self.target.scores, path))
            for model in dict.fromkeys(frame["model"]):
                self._shipped(str(model))

    def _models(self) -> None:
        source = self.study.needed.models
        for path in sorted(source.glob("*")):
            if (path / "model.json").is_file():
                self._model(path, readable(path.name))
            elif path.is_dir():
                self.left.append(f"models/{path.name}: no model")

    def _shipped(self, model: str) -> None:
        """Take the shipped model along where it made the scores."""
        from framing.classifier import load_model

        own = self.study.needed.models / SHIPPED.name
        if not (own / "model.json").is_file() and SHIPPED.is_dir() and load_model(SHIPPED).id == model:
            self._model(SHIPPED, SHIPPED.name)

    def _model(self, source: Path, name: str) -> None:
        target = self.target.models / name
        target.mkdir(parents=True, exist_ok=True)
        for file in MODEL_FILES:
            if (source / file).is_file():
                shutil.copyfile(source / file, target / file)
        doubts = target / "doubts.csv"
        if doubts.is_file():
            frame = read_frame(doubts)
            exported.write_table(self.change(frame), list(map(str, frame.columns)), doubts)
        if self.bare and (target / "metrics.json").is_file():
            _without_words(target)

    def _codebook(self) -> None:
        book = self.study.codebook
        if not self.examples:
            self.target.codebook.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.study.needed.codebook, self.target.codebook)
        else:
            plain = _without_examples(book.model_dump(mode="json", exclude_defaults=True), self.examples)
            text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)
            Codebook.parse(text, name=str(self.target.codebook))
            _write(self.target.codebook, text)
        for file in self.target.models.glob("*/model.json") if self.examples else ():
            told = json.loads(file.read_text(encoding="utf-8"))
            with whole_text(file) as stream:
                json.dump(_without_examples(told, self.examples), stream, ensure_ascii=False, indent=1)

    def _note_examples(self, frame: "pd.DataFrame") -> None:
        """Find the codebook's examples that stand in the articles."""
        if not self.bare:
            return
        page = "\n".join(
            text
            for name in ("text", "title")
            if name in frame.columns
            for text in frame[name].astype(str).unique()
        )
        for variable in self.study.codebook.variables:
            for value in variable.values:
                self.examples.update(example for example in value.examples if example.strip() in page)

    def _readable(self, folder: Path) -> list[Path]:
        found = sorted(path for path in folder.glob("*") if path.is_file() and path.name[0] != ".")
        return [path for path in found if path.suffix.lower() in READABLE]

    @staticmethod
    def _new(folder: Path, path: Path) -> Path:
        """A CSV of the file's name, or of its whole name where two differ by their ending only."""
        name = readable(path.stem)
        plain = folder / f"{name}.csv"
        return folder / f"{name}-{path.suffix[1:]}.csv" if plain.exists() else plain


def _pseudonyms(coders: set[str]) -> dict[str, str]:
    """A new name for each coder whose name looks like an e-mail address."""
    mailed = sorted(name for name in coders if "@" in name)
    free = (name for name in (f"coder-{number}" for number in range(1, 10**6)) if name not in coders)
    return dict(zip(mailed, free, strict=False))


def _without_words(folder: Path) -> None:
    """Take the words of the largest weights out of metrics and card."""
    from framing.classifier.card import card

    file = folder / "metrics.json"
    try:
        metrics = json.loads(file.read_text(encoding="utf-8")) | {"largest_weights": {}}
        text = card(metrics)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{file}: not readable: {error}", hint="train it again: framing train") from error
    with whole_text(file) as stream:
        json.dump(metrics, stream, ensure_ascii=False, indent=1)
    _write(folder / "card.md", text)


def _without_examples(data: Any, gone: set[str]) -> Any:
    if isinstance(data, dict):
        return {
            key: [one for one in value if one not in gone]
            if key == "examples"
            else _without_examples(value, gone)
            for key, value in data.items()
        }
    return [_without_examples(item, gone) for item in data] if isinstance(data, list) else data


def _finished(copied: _Copy, folder: Path) -> Exported:
    """Compute the figures from what was written, describe the study, and seal it."""
    root = copied.target.root
    study = Study(copied.target)
    not_made = write_figures(study, root / exported.RESULTS)
    sheet = datasheet(study, copied.texts)
    _write(root / exported.DATASHEET, sheet.text)
    _write(root / exported.README, readme(study, copied.texts))
    told: dict[str, Any] = {
        "format": exported.FORMAT,
        "study": copied.study.settings.study,
        "texts": copied.texts,
        "versions": versions(),
        "coders_renamed": len(copied.renamed),
        "examples_left_out": len(copied.examples),
        "left_out": copied.left,
        "not_made": not_made,
        "open_questions": sheet.open,
        "commands": commands(root),
        "files": exported.listed(root),
    }
    write_json(told, root / exported.MANIFEST)
    _write(root / exported.SEAL, exported.seal_of((root / exported.MANIFEST).read_bytes()))
    return Exported(
        folder=folder,
        files=len(told["files"]),
        texts=copied.texts,
        coders_renamed=len(copied.renamed),
        examples_left_out=len(copied.examples),
        left_out=copied.left,
        not_made=not_made,
        open_questions=sheet.open,
    )


def versions() -> dict[str, str]:
    """What the figures were computed with."""
    import numpy
    import pandas
    import scipy
    import sklearn

    return {
        "framing": __version__,
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
    }


def commands(root: Path) -> dict[str, str]:
    """The commands that make each file of `results/` again, run in the study's folder."""
    made: dict[str, str] = {"everything": "framing check ."}
    for path in sorted((root / exported.RESULTS).glob("*")):
        name = path.relative_to(root).as_posix()
        if path.name.startswith("gold_"):
            made[name] = "framing labels gold -o FILE.csv"
        elif path.name.startswith("prevalence_"):
            scores, _, by = path.stem.removeprefix("prevalence_").rpartition("_")
            made[name] = f"framing prevalence scores/{scores}.csv --by {by} -o FILE.json"
        elif path.stem in ("reliability", "stats"):
            made[name] = f"framing {path.stem} -o FILE.json"
    return made


def _write(file: Path, text: str) -> None:
    with whole_text(file) as stream:
        stream.write(text)
