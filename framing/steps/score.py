"""`framing score`: scores for new articles."""

import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from framing import __version__
from framing.articles.identity import Fingerprint, Identities
from framing.articles.inputs import STDIN
from framing.errors import InputError
from framing.formats import Rows
from framing.records import Unusable, digest
from framing.scoring.feed import Batch, Feed
from framing.scoring.parts import Parts, Plan, Tally, remove, working
from framing.scoring.pool import Result, results
from framing.scoring.table import article_columns, score_columns
from framing.scoring.target import Target, listing, total_size
from framing.scoring.work import NONE, PLAIN, Done, Order, Outcome, keep
from framing.steps.models import find_model
from framing.steps.split import nothing_usable
from framing.steps.study import Study

if TYPE_CHECKING:
    from framing.classifier import Model


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scoring did.

    Attributes
    ----------
    model : str
        ``name@hash``.
    articles, units : int
    unusable : list of Unusable
    by_label : dict of str to int
        Units by predicted answer.
    gates : list of str
        What the codebook's `min_alpha` kept away, merged or flagged when the model was trained.
    """

    model: str
    articles: int
    units: int
    unusable: list[Unusable]
    by_label: dict[str, int]
    gates: list[str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scoring is.

    Attributes
    ----------
    taken, total : int
        Bytes of the inputs, as they lie on the disk; a total of 0 is not known.
    articles, units : int
    """

    taken: int
    total: int
    articles: int
    units: int


def score(
    study: Study,
    inputs: Sequence[str | Path],
    *,
    model: str = "",
    columns: Mapping[str, str] | None = None,
    presplit: bool = False,
    fast: bool = False,
    language: str = "",
    stdin: BinaryIO | None = None,
    output: Path | None = None,
    articles: Path | None = None,
    stream: BinaryIO | None = None,
    rows: Rows | None = None,
    explain: bool = False,
    jobs: int = 1,
    cluster: str = "",
    say: Callable[[str], None] = lambda _: None,
    tick: Callable[[Progress], None] | None = None,
) -> Scored:
    """Score the units of any inputs, in memory that does not grow with them.

    Parameters
    ----------
    study : Study
    inputs, columns, presplit, fast, language, stdin
        As for `split`.
    model : str
        A folder, a name under `models/`, or empty for the default.
    output, articles : Path, optional
        Files for SCORES and for the articles' table. While they are made, what is done is kept
        in a folder beside them (``<output>.parts``): stopped or killed, the same call goes on there.
    stream : binary stream, optional
        Takes SCORES as JSONL; only where there is no `output`.
    rows : Rows, optional
        Takes SCORES rows; only where there is neither `output` nor `stream`. See `score_columns`.
    explain : bool
        Add the column ``explanation``: what moved the score of the predicted value most.
    jobs : int
        How many processes may work; little input is scored in this one. The result is the same.
    cluster : str
        Address of a Dask scheduler whose workers do the work instead.
    say, tick : callable, optional
        Are told what there is to know, and after each batch how far it is.

    Raises
    ------
    ModelError
        If there is no model or it is made for other values.
    InputError
        If nothing in the inputs can be used, or two texts come under one id.
    FramingError
        If `output` or `articles` can't be written; found before anything is scored.
    """
    found = find_model(study, model)
    keep(found)
    scores = Target.at(output, score_columns(found, explain=explain)) if output else None
    summary = Target.at(articles, article_columns(found)) if articles else None
    order = Order(
        model=found.folder or Path(),
        hash=found.hash,
        scores=scores.form if scores else ".jsonl" if stream else PLAIN if rows else NONE,
        articles=summary.form if summary else NONE,
        explain=explain,
        fast=fast,
        unit=study.codebook.unit,
        language=language,
    )
    feed = Feed(inputs, columns or {}, presplit, stdin)
    run = partial(_score_all, order, feed, partial(_results, jobs, cluster), tick)
    taking = _Taking(Identities(inputs), stream, rows)
    targets = {name: target for name, target in (("scores", scores), ("articles", summary)) if target}
    if targets:
        plan = _plan(found, order, feed, repeatable=stream is None and rows is None)
        _score_to_files(targets, plan, taking, partial(run, taking), say)
    else:
        run(taking)
    tally = taking.tally
    gates = [str(reason) for reason in found.description.get("gates", [])]
    return Scored(found.id, tally.articles, tally.units, tally.unusable, tally.labels, gates)


@dataclass
class _Taking:
    """Takes what became of each article, in their order."""

    identities: Identities
    stream: BinaryIO | None
    rows: Rows | None
    parts: Parts | None = None
    tally: Tally = field(default_factory=Tally)

    def resume(self, parts: Parts) -> None:
        """Take over what an earlier run has done."""
        self.parts, self.tally = parts, parts.tally
        if parts.tally.articles and not parts.tally.complete:
            for numbers in parts.seen():
                self.identities.is_new(Fingerprint(*numbers), "")

    def take(self, outcome: Outcome) -> None:
        """Count an article and hand its rows on, unless it was there before."""
        if isinstance(outcome, Unusable):
            self.tally.unusable.append(outcome)
            return
        mark = outcome.fingerprint
        if mark:
            if not self.identities.is_new(mark, outcome.source):
                return
            if self.parts:
                self.parts.note((mark.source, mark.text, mark.place))
        self._count(outcome)
        self._hand_on(outcome)

    def _count(self, done: Done) -> None:
        tally = self.tally
        tally.articles += 1
        tally.units += done.units
        for label, count in done.labels.items():
            tally.labels[label] = tally.labels.get(label, 0) + count
        if done.encoding != "utf-8":
            tally.encodings[done.encoding] = tally.encodings.get(done.encoding, 0) + 1

    def _hand_on(self, done: Done) -> None:
        for name, data in (("scores", done.scores), ("articles", done.summary)):
            if not isinstance(data, bytes):
                if self.rows:
                    self.rows.write(data)
            elif self.stream and name == "scores":
                self.stream.write(data)
            elif self.parts and data:
                self.parts.write(name, data)


def _results(
    jobs: int, cluster: str, order: Order, batches: Iterable[Batch]
) -> Generator[Result, None, None]:
    if cluster:
        from framing.scoring.cluster import cluster_results

        return cluster_results(order, batches, cluster)
    return results(order, batches, jobs)


def _score_all(
    order: Order,
    feed: Feed,
    work: Callable[[Order, Iterable[Batch]], Generator[Result, None, None]],
    tick: Callable[[Progress], None] | None,
    taking: _Taking,
) -> None:
    """Score what is not scored yet.

    Raises
    ------
    InputError
        If nothing at all could be used, or two texts come under one id.
    """
    tally = taking.tally
    total = total_size(feed.inputs) if tick else 0
    with closing(work(order, feed.batches(tally.after))) as done:
        for batch, outcomes in done:
            for outcome in outcomes:
                taking.take(outcome)
            tally.after = batch.after
            if taking.stream:
                taking.stream.flush()
            if taking.parts:
                taking.parts.mark()
            if tick:
                tick(Progress(batch.taken, total, tally.articles, tally.units))
    if tally.unusable and not tally.articles:
        raise nothing_usable(tally.unusable)


def _score_to_files(
    targets: Mapping[str, Target],
    plan: Plan,
    taking: _Taking,
    run: Callable[[], None],
    say: Callable[[str], None],
) -> None:
    """Keep what is done in a folder beside the first file, and bring the files to their places at the end."""
    folder = next(iter(targets.values())).folder
    for target in targets.values():
        target.check_place()
    headers = {name: target.header() for name, target in targets.items()}
    try:
        with working(folder, plan, headers, say) as parts:
            taking.resume(parts)
            if not parts.tally.complete:
                run()
                parts.settle()
            for name, target in targets.items():
                target.bring(folder / name)
    except InputError:
        remove(folder)  # with the same inputs it would only come to the same end
        raise
    remove(folder)


def _plan(model: "Model", order: Order, feed: Feed, *, repeatable: bool) -> Plan:
    """All that the result depends on."""
    columns = " ".join(f"{name}={column}" for name, column in sorted(feed.columns.items()))
    options = {
        "--column": columns,
        "--presplit": feed.presplit,
        "--explain": order.explain,
        "--fast": order.fast,
        "unit": order.unit,
        "--language": order.language,
        "format": f"{order.scores} {order.articles}",
    }
    facts = {name: str(value) for name, value in options.items()}
    facts |= {"model": f"{model.name}@{model.hash}", "framing": __version__}
    facts |= {"model's codebook": digest(json.dumps(model.description.get("codebook")), size=6)}
    again = repeatable and STDIN not in map(str, feed.inputs)
    return Plan(facts, (line for line, _ in listing(feed.inputs)), again)
