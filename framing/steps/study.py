"""What every step starts from: the workspace, its settings and its codebook."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from framing.codebook import Codebook
from framing.errors import WorkspaceError
from framing.resources import packaged
from framing.settings import Settings, Workspace, find_workspace


@dataclass(frozen=True)
class Study:
    """A workspace, or none: then the packaged codebook and default settings hold.

    Attributes
    ----------
    workspace : Workspace or None
    """

    workspace: Workspace | None

    @classmethod
    def find(cls, given: Path | None = None, start: Path | None = None) -> "Study":
        """Find the study by walking up from `start` (here), or take the workspace given.

        Raises
        ------
        WorkspaceError
            If the folder given is no workspace.
        """
        return cls(find_workspace(given, start or Path.cwd()))

    @cached_property
    def codebook(self) -> Codebook:
        """The workspace's codebook, else the packaged one."""
        if self.workspace:
            return Codebook.read(self.workspace.codebook)
        return Codebook.read(packaged("config") / "codebook.yaml")

    @cached_property
    def settings(self) -> Settings:
        """The workspace's settings, else the defaults."""
        return Settings.read(self.workspace.settings) if self.workspace else Settings()

    @property
    def needed(self) -> Workspace:
        """The workspace, for steps that can't do without one.

        Raises
        ------
        WorkspaceError
            If there is none.
        """
        if self.workspace is None:
            raise WorkspaceError(
                "no workspace here: no config/codebook.yaml in this folder or above it",
                hint="make one with: framing init DIR; or name one with --workspace DIR",
            )
        return self.workspace

    def label_paths(self, given: list[Path]) -> list[Path]:
        """The LABELS given, else all of the workspace's."""
        return given or [self.needed.labels]
