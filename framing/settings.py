"""The workspace and its settings: `config/settings.yaml`, and secrets from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from framing.errors import SettingsError, WorkspaceError
from framing.faults import plain_yaml, short
from framing.files import text_of
from framing.plural import counted

Alpha = Annotated[float, Field(ge=-1, le=1)]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


class Settings(BaseModel):
    """Where and how a study is run.

    Attributes
    ----------
    study : str
        Identity of the study; Label Studio projects are found again by it.
    round : str
        The round that `push` and `pull` work on unless told otherwise; names `labels/<round>.csv`.
    server_url : str
        A Label Studio server; empty: the embedded one. ``LABEL_STUDIO_URL`` goes first.
    coders : mapping of int to str
        Pseudonyms by Label Studio user id, the same on every machine.
    default_model : str
        Name under `models/` or a folder; empty: the first variable's.
    seed : int
        Decides every random choice.
    show_outlet : bool
        Whether coders see the outlet. False keeps them from judging the brand.
    alpha_thresholds : tuple of float
        Where agreement counts as tentative and as reliable (Krippendorff: .667 and .800).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    study: Word = "study"
    round: Word = "main"
    server_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = ""
    coders: dict[int, Word] = Field(default_factory=dict)
    default_model: str = ""
    seed: int = Field(default=1, ge=0, lt=2**32)
    show_outlet: bool = False
    alpha_thresholds: tuple[Alpha, Alpha] = (0.667, 0.8)

    @field_validator("alpha_thresholds")
    @classmethod
    def _rising(cls, found: tuple[float, float]) -> tuple[float, float]:
        if found[0] > found[1]:
            raise ValueError("expected the lower threshold first")
        return found

    @classmethod
    def read(cls, path: Path) -> "Settings":
        """Read settings; a missing file means all defaults.

        Raises
        ------
        SettingsError
            If the file is no YAML or has a key or value that is not expected.
        """
        try:
            _, data = plain_yaml(text_of(path))
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
            told = " ".join(str(error).split())
            raise SettingsError(
                f"{path}: can't be read as YAML: {told}",
                hint="mend the file, or begin anew: framing init",
            ) from error
        try:
            return cls.model_validate({} if data is None else data)
        except ValidationError as error:
            faults = [_fault(str(path), item) for item in error.errors()]
            raise SettingsError(
                f"{path}: {counted(len(faults), 'setting')} can't be used",
                hint="the keys are explained in config/settings.yaml of a new workspace",
                faults=faults,
            ) from None


def _fault(name: str, item: Mapping[str, object]) -> str:
    location = item["loc"]
    field = ".".join(map(str, location if isinstance(location, tuple) else (location,)))
    if item["type"] == "extra_forbidden":
        return f"{name}: {field}: unknown key"
    return f"{name}: {field}: found {short(item['input'])}; {item['msg']}"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with `config/codebook.yaml`, and where things lie in it."""

    root: Path

    @property
    def codebook(self) -> Path:
        """The codebook's file."""
        return self.root / "config" / "codebook.yaml"

    @property
    def settings(self) -> Path:
        """The settings' file."""
        return self.root / "config" / "settings.yaml"

    @property
    def seeds(self) -> Path:
        """Articles to start from."""
        return self.root / "seeds"

    @property
    def labels(self) -> Path:
        """Every answer, a file a round."""
        return self.root / "labels"

    @property
    def models(self) -> Path:
        """What was learnt from the labels."""
        return self.root / "models"

    @property
    def scores(self) -> Path:
        """What the models said."""
        return self.root / "scores"

    @property
    def studio(self) -> Path:
        """The embedded Label Studio's data."""
        return self.root / ".framing" / "studio"


def find_workspace(given: Path | None, start: Path) -> Workspace | None:
    """Find the workspace: the one given, else by walking up from `start`.

    Returns
    -------
    Workspace or None
        None if none was given and no folder above `start` is one.

    Raises
    ------
    WorkspaceError
        If the folder given is no workspace.
    """
    if given is not None:
        found = Workspace(given.resolve())
        if not found.codebook.is_file():
            raise WorkspaceError(
                f"{given}: no workspace: config/codebook.yaml is missing",
                hint=f"make one with: framing init {given}",
            )
        return found
    for folder in (start, *start.parents):
        if (folder / "config" / "codebook.yaml").is_file():
            return Workspace(folder)
    return None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only the environment may hold, under the vendor's names."""

    url: str
    api_key: str

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Secrets":
        """Take ``LABEL_STUDIO_URL`` and ``LABEL_STUDIO_API_KEY``; empty where unset."""
        return cls(
            url=environment.get("LABEL_STUDIO_URL", "").strip().rstrip("/"),
            api_key=environment.get("LABEL_STUDIO_API_KEY", "").strip(),
        )

    def __repr__(self) -> str:
        return f"Secrets(url={self.url!r}, api_key=…)"
