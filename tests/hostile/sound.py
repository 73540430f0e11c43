"""Sound things that the hostile ones are made from: a workspace, a model, studies and stories."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from framing.settings import Workspace
from framing.steps.compare import compare
from framing.steps.export import export
from framing.steps.init import init
from framing.steps.score import score
from framing.steps.studio import backup
from framing.steps.study import Study
from framing.steps.train import train
from tests.steps.conftest import BOOK, fill_labels, fill_pages


def sound(folder: Path) -> None:
    """Make ``workspace model study bare stories served`` and ``server.tar``, a backup of the last, in a folder."""
    init(folder / "workspace")
    full = folder / "full"
    init(full)
    (full / "config" / "codebook.yaml").write_text(BOOK, encoding="utf-8")
    study = Study(Workspace(full))
    fill_pages(full / "seeds")
    fill_labels(study, full / "labels" / "main.csv")
    train(study)
    (full / "scores").mkdir()
    scores = full / "scores"
    score(study, [full / "seeds"], output=scores / "units.csv", articles=scores / "articles.csv")
    shutil.copytree(full / "models" / "tone", folder / "model")
    export(study, folder / "study")
    export(study, folder / "bare", texts=False)
    compare(study, [full / "seeds"], folder / "stories")
    served(folder / "served")
    backup(Study(Workspace(folder / "served")), folder / "server.tar")


def served(folder: Path) -> None:
    """A workspace whose Label Studio holds something; it does not run."""
    init(folder)
    server = Workspace(folder).studio
    (server / "data" / "media").mkdir(parents=True)
    for name in ("token", "password", "data/media/page.txt"):
        (server / name).write_text(name)
    with closing(sqlite3.connect(server / "data" / "label_studio.sqlite3")) as data:
        data.execute("create table task (id integer, data text)")
        data.executemany("insert into task values (?, ?)", [(n, f"rain {n} " * 99) for n in range(999)])
        data.commit()
