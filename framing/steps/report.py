"""`framing report`: the whole study on one page that opens from disk."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import __version__
from framing.errors import FramingError, ModelError, TableError
from framing.files import readable, whole_text
from framing.formats import check_suffix, read_frame
from framing.records import digest
from framing.report.look import coloured
from framing.report.sections import model_view, value_view
from framing.steps.models import model_folder, refuse_other_codebook, show
from framing.steps.reporting import labels as report_labels
from framing.steps.reporting import scores as report_scores
from framing.steps.reporting.stories import TABLES, stories_view
from framing.steps.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from framing.labels import Gold
    from framing.steps.reporting.scores import Scores

_DRAW = "framing push INPUT... --select random -n 500"
#: What a section says that the study has nothing for, and the command that changes it.
_GAPS = {
    "labels": ("No labels yet.", "framing push INPUT... then framing pull, or framing labels import FILE"),
    "model": ("No model yet.", "framing train"),
    "scores": ("No scored articles yet.", "framing score INPUT... --explain -o scores/units.csv"),
    "stories": ("No stories yet.", "framing compare INPUT... -o stories"),
}


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report shows.

    Attributes
    ----------
    file : Path
    bytes : int
        Its size.
    model : str or None
        ``name@hash`` of the model on its card.
    labels, coders, scored_articles, scored_units, articles_shown, stories : int
        `labels` counts current answers, `stories` those of two articles or more.
    alpha, macro_f1 : dict of str to float or None
        By variable; None where undefined.
    missing : dict of str to str
        Sections that the study has nothing for, with the next command.
    """

    file: Path
    bytes: int
    model: str | None
    labels: int
    coders: int
    scored_articles: int
    scored_units: int
    articles_shown: int
    stories: int
    alpha: dict[str, float | None]
    macro_f1: dict[str, float | None]
    missing: dict[str, str]


def report(
    study: Study,
    output: Path,
    *,
    labels: Sequence[Path] = (),
    scores: Path | None = None,
    stories: Path | None = None,
    model: str = "",
    date: str = "",
    most_articles: int = 500,
) -> Reported:
    """Write the study as one HTML file that needs no network.

    Parameters
    ----------
    study : Study
    output : Path
        Ends in ``.html``.
    labels : sequence of Path
        LABELS; none: the workspace's, if it has any.
    scores : Path, optional
        SCORES; none: the workspace's ``scores/units.csv``, if it is there.
    stories : Path, optional
        A folder that `compare` left; none: the workspace's ``stories/``, if it is there.
    model : str
        A folder or a name under `models/`; empty: the model of the scores, else the default.
    date : str
        What is printed as the report's date; empty: the day of the latest answer.
    most_articles : int
        Articles shown with their units; the figures are over all.

    Raises
    ------
    TableError
        If a table breaks its contract or `output` is no HTML file.
    ModelError
        If the model is damaged, or the one asked for is missing or not that of the scores.
    """
    from framing.report.page import report_page

    check_suffix(output, (".html",))
    gathered = _Gathered(study, output, list(labels), model)
    gathered.add_labels()
    gathered.add_scores(scores, most_articles)
    gathered.add_model()
    gathered.add_findings()
    gathered.add_stories(stories)
    view = gathered.finished(date)
    with whole_text(output) as stream:
        stream.write(report_page(view))
    return _summary(output, view)


@dataclass
class _Gathered:
    """The report's sections, one after the other."""

    study: Study
    output: Path
    labels: list[Path]
    given: str
    view: dict[str, Any] = field(default_factory=dict)
    gaps: dict[str, dict[str, str]] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    golds: "dict[str, Gold]" = field(default_factory=dict)
    table: "pd.DataFrame | None" = None
    scores: "Scores | None" = None

    def __post_init__(self) -> None:
        book = self.study.codebook
        self.view["codebook"] = book.model_dump() | {"hash": book.fingerprint}
        for variable in self.view["codebook"]["variables"]:
            for value, known in zip(variable["values"], coloured(variable["values"]), strict=True):
                value["colour"] = known["colour"]

    def add_labels(self) -> None:
        """How units were drawn, what was answered, reliability, gold."""
        from framing.labels import current_answers, label_stats
        from framing.steps.reliability import reliability

        for name in ("sampling", "reliability", "gold", "answers"):
            self.view[name] = None
        self.table = report_labels.find_labels(self.study, self.labels)
        if self.table is None or self.table.empty:
            self._miss("labels")
            return
        for file in self.table["file"].unique():
            self._made_from("labels", Path(file))
        answers = current_answers(self.table)
        if answers.empty:
            self._miss("labels")
            return
        found = reliability(self.study, self.labels)
        self.view["sampling"] = report_labels.sampling(self.table, answers)
        self.view["answers"] = asdict(label_stats(self.table, self.study.codebook, ("outlet", "region")))
        self.view["reliability"] = asdict(found)
        self.view["gold"], self.golds = report_labels.golds(self.study, self.table)

    def add_scores(self, given: Path | None, most: int) -> None:
        """The corpus, headlines by outlet, and the articles with their units."""
        for name in ("corpus", "headlines", "articles", "data"):
            self.view[name] = None
        path = given or self._in_workspace("scores/units.csv")
        if path is None:
            self._miss("scores")
            if self.table is not None:
                self.view["corpus"] = report_scores.corpus(self.table)
            return
        self._made_from("scores", path)
        self.scores = report_scores.read_scores(self.study, path, self.given)
        self.view["corpus"] = report_scores.corpus(self.scores.table)
        self.view["headlines"] = report_scores.headlines_by_outlet(self.scores)
        self._add_articles(self.scores, most)

    def _add_articles(self, scores: "Scores", most: int) -> None:
        from framing.report.data import packed

        gold = self.golds.get(scores.variable)
        settled: dict[str, str] = {}
        if gold is not None:
            settled = dict(zip(gold.resolved["unit_id"], gold.resolved["value"], strict=True))
        learnt = self._learnt(scores)
        shown = report_scores.shown_articles(scores, settled, learnt, most)
        self.view["articles"] = shown
        self.view["data"] = packed(scores.values, shown)
        self.view["scored"] = {
            "model": scores.model_id,
            "variable": scores.variable,
            "values": [{"name": name, "colour": colour} for name, colour in scores.colours.items()],
            "colours": scores.colours,
            "outlets": sorted({article["outlet"] for article in shown}),
            "learnt": int(scores.table["unit_id"].isin(learnt).sum()),
            "explained": any(unit["explanation"] for article in shown for unit in article["units"]),
        }

    @staticmethod
    def _learnt(scores: "Scores") -> frozenset[str]:
        folder = scores.model.folder if scores.model else None
        file = folder / "training.csv" if folder else None
        return frozenset(read_frame(file)["unit_id"]) if file and file.is_file() else frozenset()

    def add_model(self) -> None:
        """The model card with its drawings."""
        self.view["model"], self.view["plots"] = None, {}
        name = self.given
        if self.scores and self.scores.model and self.scores.model.folder:
            name = str(self.scores.model.folder)
        elif self.scores and not self.given:
            self.gaps["model"] = {
                "what": f"The scores are by model {self.scores.model_id}, which is not at hand.",
                "command": "framing report --model MODEL",
            }
            return
        folder = model_folder(self.study, name)
        if not self.given and not folder.is_dir():
            self._miss("model")
            return
        shown = show(self.study, name)
        if not self.given and not self._fits(folder):
            return
        colours = {value["name"]: value["colour"] for value in self._values(shown.description["variable"])}
        self.view["model"] = model_view(shown.model, shown.description, colours)
        self._made_from("model", folder / "model.json")
        self._draw(self.view["model"])

    def _values(self, variable: str) -> list[dict[str, str]]:
        known = (item["values"] for item in self.view["codebook"]["variables"] if item["name"] == variable)
        return next(known, [])

    def _fits(self, folder: Path) -> bool:
        """Whether the default model measures what the codebook does; one that does not is no model yet."""
        from framing.classifier import load_model

        try:
            refuse_other_codebook(load_model(folder), self.study.codebook)
        except ModelError as error:
            self.gaps["model"] = {"what": f"{error.message}.", "command": error.hint}
            return False
        return True

    def _draw(self, model: dict[str, Any]) -> None:
        from framing.report.plots import calibration, learning_curve

        if not model["evaluation"]:
            return
        try:
            if model["evaluation"]["reliability"]:
                self.view["plots"]["calibration"] = calibration(model["evaluation"]["reliability"], "cal")
            if model["curve"]:
                self.view["plots"]["curve"] = learning_curve(model["curve"], "curve")
        except TableError as error:
            self.gaps["plots"] = {"what": f"{error.message}.", "command": error.hint}

    def add_findings(self) -> None:
        """Shares by outlet, corrected where labels with a known chance allow it."""
        self.view["findings"] = None
        if self.scores is None:
            return
        rows, gap, warnings = report_scores.raw_shares(self.scores), None, []
        try:
            found = self._prevalence(self.scores)
            rows, warnings = found.shares, found.warnings
        except FramingError as error:
            gap = {"what": f"{error.message}.", "command": error.hint}
        if not gap and not any(row["corrected_share"] is not None for row in rows):
            gap = {"what": "No labels drawn with a known chance.", "command": _DRAW}
        self.view["findings"] = {
            "gap": gap,
            "warnings": warnings,
            "values": [value_view(name, colour, rows) for name, colour in self.scores.colours.items()],
        }

    def _prevalence(self, scores: "Scores") -> Any:
        from framing.steps.prevalence import prevalence

        if self.table is None:
            raise TableError("no labels yet", hint=_DRAW)
        if scores.model is None:
            raise ModelError(f"model {scores.model_id} is not at hand", hint="framing report --model MODEL")
        by = "outlet" if 1 < scores.table["outlet"].nunique() <= report_scores.MOST_OUTLETS else None
        folder = str(scores.model.folder)
        return prevalence(self.study, scores.file, self.labels, by=by, model=folder)  # type: ignore[arg-type]

    def add_stories(self, given: Path | None) -> None:
        """Cards of the stories, with links where the folder lies beside the report."""
        self.view["stories"] = None
        folder = given or self._in_workspace("stories/stories.csv", parent=True)
        if folder is None:
            self._miss("stories")
            return
        headlines = self.scores.coloured_headlines if self.scores else {}
        self.view["stories"] = stories_view(folder, self.output.parent, headlines)
        for name in TABLES:
            self._made_from("stories", folder / f"{name}.csv")

    def finished(self, date: str) -> dict[str, Any]:
        """Add what is told of the whole."""
        from framing.report.methods import methods
        from framing.report.sections import key_finding, tiles

        view = self.view
        drawn = view["sampling"]
        view["date"] = date or (drawn["last"] if drawn else "") or (view["corpus"] or {}).get("last", "")
        view["dated_by"] = "" if date else "latest answer" if drawn and drawn["last"] else "latest article"
        settings = self.study.settings
        named = settings.title or settings.study
        view["title"] = named if self.study.workspace else view["codebook"]["title"]
        view["version"], view["made_from"], view["gaps"] = __version__, self.files, self.gaps
        view["methods"], view["references"] = methods(view)
        view["tiles"], view["key"] = tiles(view), key_finding(view)
        return view

    def _miss(self, name: str) -> None:
        what, command = _GAPS[name]
        self.gaps[name] = {"what": what, "command": command}

    def _in_workspace(self, name: str, *, parent: bool = False) -> Path | None:
        path = self.study.workspace.root / name if self.study.workspace else None
        if path is None or not path.is_file():
            return None
        return path.parent if parent else path

    def _made_from(self, kind: str, path: Path) -> None:
        root = self.study.workspace.root.resolve() if self.study.workspace else None
        inside = root is not None and root in path.resolve().parents
        shown = path.resolve().relative_to(root).as_posix() if root and inside else path.name
        content = path.read_bytes() if path.is_file() else b""
        self.files.append({"kind": kind, "file": readable(shown), "hash": _hash(content)})


def _hash(content: bytes) -> str:
    return digest(content.decode("latin-1"), size=6)


def _summary(output: Path, view: dict[str, Any]) -> Reported:
    agreed = view["reliability"]["variables"] if view["reliability"] else []
    model, drawn, corpus = view["model"], view["sampling"], view["corpus"] or {}
    tested = model["evaluation"] if model else None
    return Reported(
        file=output,
        bytes=output.stat().st_size,
        model=model["model"] if model else None,
        labels=drawn["answers"] if drawn else 0,
        coders=drawn["coders"] if drawn else 0,
        scored_articles=corpus["articles"] if view["articles"] is not None else 0,
        scored_units=corpus["units"] if view["articles"] is not None else 0,
        articles_shown=len(view["articles"] or ()),
        stories=view["stories"]["shared"] if view["stories"] else 0,
        alpha={item["variable"]: item["alpha"] for item in agreed},
        macro_f1={model["variable"]: tested["macro_f1"] if tested else None} if model else {},
        missing={name: f"{gap['what']} {gap['command']}" for name, gap in view["gaps"].items()},
    )
