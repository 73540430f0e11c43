"""`framing check`: every figure of an exported study computed again, and what differs named."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framing import __version__
from framing.errors import FramingError
from framing.settings import Workspace
from framing.steps.export import commands
from framing.steps.sharing import exported
from framing.steps.sharing.check_models import check_models
from framing.steps.sharing.check_scores import check_scores
from framing.steps.sharing.comparing import Counted, same_json, same_lines, same_table
from framing.steps.sharing.describe import datasheet, readme
from framing.steps.sharing.exported import MANIFEST, RESULTS, SEAL, Mismatch
from framing.steps.sharing.figures import write_figures
from framing.steps.study import Study

#: What damaged data can raise where a sound study can't.
_BROKEN = (FramingError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError)

#: Fields of the figures that a version did not publish yet; in its studies they are not missing.
_NOT_YET = {"0.1.0": {("stats.json", "withdrawn")}}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    folder : Path
    files : int
        Whose hash was compared.
    figures : int
        Cells and fields that were computed again and compared.
    mismatches : list of Mismatch
        Where the study is not what it says; empty if all agrees.
    not_checked : list of str
        What can't be computed again from the folder, and why.
    notes : list of str
        Other things to know.
    """

    folder: Path
    files: int
    figures: int
    mismatches: list[Mismatch]
    not_checked: list[str]
    notes: list[str]


def check(folder: Path) -> Checked:
    """Compute every figure of an exported study again, and compare the hash of every file.

    Parameters
    ----------
    folder : Path
        Made with `framing.export`; nothing in it is changed.

    Raises
    ------
    WorkspaceError
        If the folder holds no exported study, or links.
    """
    exported.refuse_links(folder)
    manifest = exported.read_manifest(folder)
    done = _Checking(folder, manifest)
    done.part(MANIFEST, lambda: check_files(folder, manifest))
    study = Study(Workspace(folder.resolve()))
    done.part(MANIFEST, lambda: _check_manifest(study, manifest, done.notes))
    done.part(RESULTS, lambda: done.results(study))
    done.part("models", lambda: check_models(study, done.counted))
    done.part("scores", lambda: check_scores(study, done.counted))
    done.part(exported.DATASHEET, lambda: _check_sheets(study, manifest))
    return Checked(
        folder=folder,
        files=len(manifest["files"]),
        figures=done.counted.figures,
        mismatches=list(dict.fromkeys(done.found)),
        not_checked=done.counted.not_checked,
        notes=done.notes,
    )


@dataclass
class _Checking:
    folder: Path
    manifest: dict[str, Any]
    counted: Counted = field(default_factory=Counted)
    found: list[Mismatch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def part(self, name: str, run: Callable[[], Iterator[Mismatch]]) -> None:
        """Add what a part finds; one that breaks on damaged data is a mismatch itself."""
        try:
            self.found.extend(run())
        except _BROKEN as error:
            told = " ".join(str(error).replace(f"{self.folder.resolve()}/", "").split())
            self.found.append(Mismatch(name, "", f"data that stop the check: {told}", "a sound study"))

    def results(self, study: Study) -> Iterator[Mismatch]:
        with tempfile.TemporaryDirectory() as scratch:
            missing = write_figures(study, Path(scratch), _made_by(self.manifest))
            if missing != self.manifest["not_made"]:
                yield Mismatch(MANIFEST, "not_made", str(self.manifest["not_made"]), str(missing))
            made = {path.name for path in Path(scratch).iterdir()}
            here = {path.name for path in (self.folder / RESULTS).glob("*")}
            for name in sorted(made ^ here):
                found, expected = ("no such file", "one") if name in made else ("a file", "none")
                yield Mismatch(f"{RESULTS}/{name}", "", found, f"{expected}, by the labels and scores")
            not_yet = _NOT_YET.get(_made_by(self.manifest), set())
            for name in sorted(made & here):
                compare = same_table if name.endswith(".csv") else same_json
                for place, *item in compare(self.folder / RESULTS / name, Path(scratch) / name, self.counted):
                    if item[0] != "nothing" or (name, place) not in not_yet:
                        yield Mismatch(f"{RESULTS}/{name}", place, *item)


def check_files(folder: Path, manifest: dict[str, Any]) -> Iterator[Mismatch]:
    """Compare the files of a study with its manifest, and the manifest with its seal."""
    seal = folder / SEAL
    wanted = exported.seal_of((folder / MANIFEST).read_bytes())
    told = seal.read_bytes() if seal.is_file() else b""
    if told != wanted.encode():
        yield Mismatch(SEAL, "", told[:80].decode("utf-8", "replace").strip() or "nothing", wanted.strip())
    known = manifest["files"]
    here = set(exported.files_of(folder))
    for name in sorted(known.keys() - here):
        yield Mismatch(name, "", "no such file", "the one named in manifest.json")
    for name in sorted(here - known.keys()):
        yield Mismatch(name, "", "a file that manifest.json does not name", "none")
    for name in sorted(here & known.keys()):
        digest = exported.sha256_of(folder / name)
        if digest != known[name]["sha256"]:
            yield Mismatch(name, "SHA-256", digest, str(known[name]["sha256"]))
        size = (folder / name).stat().st_size
        if size != known[name]["bytes"]:
            yield Mismatch(name, "size", f"{size} bytes", f"{known[name]['bytes']} bytes")


def _check_manifest(study: Study, manifest: dict[str, Any], notes: list[str]) -> Iterator[Mismatch]:
    notes += _notes(manifest)
    wanted = {"study": study.settings.study, "commands": commands(study.needed.root)}
    for name, expected in wanted.items():
        if manifest[name] != expected:
            yield Mismatch(MANIFEST, name, str(manifest[name]), str(expected))
    if manifest["texts"] not in ("kept", "left out", "put back"):
        yield Mismatch(MANIFEST, "texts", repr(manifest["texts"]), "'kept', 'left out' or 'put back'")


def _check_sheets(study: Study, manifest: dict[str, Any]) -> Iterator[Mismatch]:
    made_by = _made_by(manifest)
    sheet = datasheet(study, manifest["texts"], made_by)
    if sheet.open != manifest["open_questions"]:
        yield Mismatch(MANIFEST, "open_questions", str(manifest["open_questions"]), str(sheet.open))
    page = readme(study, manifest["texts"], made_by)
    for name, text in ((exported.DATASHEET, sheet.text), (exported.README, page)):
        yield from same_lines(name, (study.needed.root / name).read_text(encoding="utf-8"), text)


def _made_by(manifest: dict[str, Any]) -> str:
    """The version that exported the study; its name in the pages is no difference to a later one."""
    return str(manifest["versions"].get("framing"))


def _notes(manifest: dict[str, Any]) -> list[str]:
    made = _made_by(manifest)
    told = [f"made by framing {made}, checked by {__version__}"] if made != __version__ else []
    told += [f"not in the study: {item}" for item in manifest["left_out"]]
    return told + [f"not made: {RESULTS}/{name}: {why}" for name, why in manifest["not_made"].items()]
