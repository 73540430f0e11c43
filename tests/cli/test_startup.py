"""`framing --help` loads nothing heavy."""

import subprocess
import sys

HEAVY = (
    "pandas", "numpy", "scipy", "sklearn", "pyarrow", "label_studio_sdk", "httpx", "pydantic", "yaml",
    "sentencex", "trafilatura", "lxml", "rich", "psutil", "tabulate", "starlette", "uvicorn",
)  # fmt: skip


def loaded(code: str) -> set[str]:
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(told.stdout.split("LOADED", 1)[1].split())


def test_help_loads_nothing_heavy() -> None:
    found = loaded(
        "import sys; sys.argv = ['framing', '--help']\n"
        "from framing.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    assert "typer" in found
    assert found.isdisjoint(HEAVY)


def test_the_library_loads_nothing_heavy_before_it_is_used() -> None:
    found = loaded("import sys, framing; print('LOADED', *{name.partition('.')[0] for name in sys.modules})")
    assert found.isdisjoint({*HEAVY, "typer"})


def test_every_public_name_is_there() -> None:
    import framing

    for name in framing.__all__:
        assert getattr(framing, name) is not None
