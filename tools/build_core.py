"""Builds the compiled twins of the slowest loops; without a C compiler only speed is lost.

Hatchling calls this for each wheel and each editable installation.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CoreHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles every `.pyx` of the package: into the wheel, or in its place where that is editable."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what could be compiled."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        self._scratch = TemporaryDirectory()
        made = self._compiled(root, Path(self._scratch.name))
        if version == "editable":
            for file, name in made.items():
                _put(file, root / name)
        elif made:
            build_data["force_include"] |= {str(file): name for file, name in made.items()}
            build_data["infer_tag"] = True
            build_data["pure_python"] = False

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the compiler left."""
        del version, build_data, artifact_path
        if self.target_name == "wheel":
            self._scratch.cleanup()

    def _compiled(self, root: Path, scratch: Path) -> dict[Path, str]:
        """What was made, and where in the package it belongs."""
        sources = sorted(path.relative_to(root).as_posix() for path in (root / "framing").rglob("*.pyx"))
        try:
            made = [_compile(root, source, scratch) for source in sources]
        except (Exception, SystemExit) as error:  # whatever a compiler lacks, the plain twins do the same
            self.app.display_warning(f"no compiled core, framing will be slower: {error}")
            return {}
        return {file: file.relative_to(scratch).as_posix() for file in made}


def _compile(root: Path, source: str, scratch: Path) -> Path:
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    name = source.removesuffix(".pyx").replace("/", ".")
    # Sums must be those of the plain code to the last bit: no contraction of floats.
    flags = [] if sys.platform == "win32" else ["-O3", "-g0", "-ffp-contract=off"]
    extension = Extension(name, [str(root / source)], extra_compile_args=flags)
    modules = cythonize([extension], build_dir=str(scratch / "c"), language_level=3, quiet=True)
    command = build_ext(Distribution({"ext_modules": modules}))
    command.build_lib, command.build_temp = str(scratch), str(scratch / "o")
    command.ensure_finalized()
    command.run()
    return Path(command.get_ext_fullpath(name))


def _put(file: Path, place: Path) -> None:
    """Replace a file at once: another process may have the one before it loaded."""
    fresh = place.with_name(f"{place.name}.new")
    shutil.copyfile(file, fresh)
    fresh.replace(place)
