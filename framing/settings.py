"""The workspace and its settings: `config/settings.yaml`, and secrets from the environment."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from framing.errors import SettingsError, WorkspaceError
from framing.faults import plain_yaml, short
from framing.files import text_of, whole
from framing.plural import counted
from framing.records import ADJUDICATOR

Alpha = Annotated[float, Field(ge=-1, le=1)]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
#: A Label Studio user: ``7`` of the study's own server, ``s1f…/7`` of another.
Account = Annotated[
    str,
    BeforeValidator(lambda key: str(key) if type(key) is int else key),
    StringConstraints(pattern=r"^(s[0-9a-f]{15}/)?[1-9][0-9]{0,17}$"),
]


@dataclass(frozen=True, slots=True)
class StudyName:
    """By what a study's projects are found.

    Attributes
    ----------
    name : str
        Readable; two studies may have the same.
    id : str
        What no two studies share; empty: a study of version 0.1.0, which knew names alone.
    """

    name: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.name!r} ({self.id or 'without id'})"


class Settings(BaseModel):
    """Where and how a study is run.

    Attributes
    ----------
    study : str
        The study's readable name.
    study_id : str
        What no two studies share; Label Studio projects carry it. Empty: a workspace of version
        0.1.0 that has not pushed since.
    title : str
        The report's title; empty: the study's name.
    round : str
        The round that `push` and `pull` work on unless told otherwise; names `labels/<round>.csv`.
    server_url : str
        A Label Studio server; empty: the embedded one. ``LABEL_STUDIO_URL`` goes first.
    ca_file : str
        Certificates of the authority that made the server's, a file or folder, relative to the workspace;
        empty: those of the system. ``SSL_CERT_FILE`` and ``REQUESTS_CA_BUNDLE`` count as well.
    server : str
        Fingerprint of the study's own server, written by the first push or pull.
    coders : mapping of str to str
        Pseudonyms, the same on every machine: ``7`` is user 7 of the study's own server,
        ``<fingerprint>/7`` a user of another.
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
    study_id: Annotated[str, StringConstraints(pattern=r"^([a-z0-9]{8,32})?$")] = ""
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    round: Word = "main"
    server_url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")] = ""
    ca_file: str = ""
    server: Annotated[str, StringConstraints(pattern=r"^(s[0-9a-f]{15})?$")] = ""
    coders: dict[Account, Word] = Field(default_factory=dict)
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

    @field_validator("coders")
    @classmethod
    def _people(cls, found: dict[str, str]) -> dict[str, str]:
        if ADJUDICATOR in found.values():
            raise ValueError(f"{ADJUDICATOR} is no coder's name: it marks what was settled")
        return found

    @property
    def name(self) -> StudyName:
        """By what the study's projects are found."""
        return StudyName(self.study, self.study_id)

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


def change_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Write settings into a file and leave everything else in it as it is, comments too.

    Parameters
    ----------
    path : Path
        `config/settings.yaml`; made if missing.
    changes : mapping
        New values by key; a mapping is joined with the one that is there.

    Raises
    ------
    SettingsError
        If the file can't be read as settings, or would not be any afterwards; it stays as it is.
    """
    from ruamel.yaml import YAML

    Settings.read(path)  # says what is wrong with the file better than the writer would
    yaml_file = YAML()
    yaml_file.preserve_quotes = True
    yaml_file.width = 1000
    data = (yaml_file.load(text_of(path)) if path.is_file() else None) or {}
    for key, value in changes.items():
        if isinstance(value, Mapping):
            _join(data, key, value)
        else:
            data[key] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as scratch:
        with scratch.open("w", encoding="utf-8") as stream:
            yaml_file.dump(data, stream)
        Settings.read(scratch)


def _join(data: MutableMapping[str, Any], key: str, more: Mapping[Any, object]) -> None:
    """Join a mapping with the one under a key; ``7`` and 7 are one key, as YAML's readers have it."""
    if not isinstance(data.get(key), MutableMapping):
        data[key] = {}
    held = data[key]
    for name, value in more.items():
        held[next((other for other in held if str(other) == str(name)), name)] = value


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
