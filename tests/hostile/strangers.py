"""What strangers hand over: models, codebooks, settings, exported studies and stories."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.cases import CANARY, DONE, ESCAPES, FAILED, SOME, Maker, replaced

_ANY = (DONE, FAILED, SOME)
_TAGS = (
    "!!python/object/apply:os.system ['touch canary']",
    "!!python/object/new:os.system ['touch canary']",
    "!!python/object:os.system {}",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!binary aGVsbG8=",
    "!!set {a, b}",
    "!include /etc/passwd",
    "!!map [1]",
)


class Trap:
    """Runs something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {CANARY}",)


def fill(make: Maker) -> None:
    _yaml(make)
    _models(make)
    _studies(make)
    _stories(make)


def _laughs(depth: int, width: int) -> str:
    lines = ["a0: &a0 [x, x]"]
    for n in range(1, depth):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]")
    return "\n".join(lines)


def _nested() -> str:
    """A codebook in good form of a thousand million values."""
    value = "  - &v {name: a, definition: d, examples: [" + ", ".join(["x"] * 1_000) + "]}\n"
    values = value + "  - *v\n" * 1_000
    return f"x: &l\n{values}variables:\n- &w\n  name: tone\n  values: *l\n" + "- *w\n" * 1_000


def _merges() -> str:
    lines = ["m0: &m0 {a: 1, b: 2}"]
    for n in range(1, 30):
        lines.append(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}")
    return "\n".join(lines)


def _yaml(make: Maker) -> None:
    nasty = {f"tag {tag[:30]}": f"title: {tag}\nstudy: {tag}\nvariables: {tag}\n" for tag in _TAGS} | {
        "billion laughs": _laughs(12, 9),
        "billion laughs as values": _laughs(12, 9) + "\nvariables: *a11\nstudy: *a11\ncoders: *a11\n",
        "a codebook that says all a thousand times": _nested(),
        "merges": _merges(),
        "an anchor in itself": "a: &a [*a, *a]\nvariables: *a\nstudy: &s {s: *s}\n",
        "100,000 brackets": "[" * 100_000,
        "100,000 steps": "".join(" " * n + "a:\n" for n in range(1_000)),
        "a number of a million digits": f"seed: {'9' * 1_000_000}\ntitle: {'9' * 5_000}\n",
        "a number in base 60": "seed: " + ":".join(["59"] * 5_000) + "\n",
        "a date that is none": "study: 2024-99-99\ntitle: 2024-99-99\n",
        "a key that is a list": "? [a, b]\n: 1\n",
        "a key that is a mapping": "? {a: 1}\n: 1\n",
        "a key twice": "study: a\nstudy: b\ntitle: a\ntitle: b\n",
        "escapes": f'study: "{ESCAPES.encode("unicode_escape").decode()}"\ntitle: "\\e[2J"\n"\\e[2J": 1\n',
        "two documents": "study: a\n---\nstudy: b\n",
        "NULs": "study: a\0b\n",
        "no UTF-8": "\udcff\udcfe",
        "tabs": "\tstudy:\t- a\n",
        "30 MB": "# " + "x" * (30 << 20),
        "two million entries": "[" + "1," * 2_000_000 + "]",
        "wrong types": "study: [1]\nround: {a: b}\ncoders: [1, 2]\nalpha_thresholds: x\nvariables: {a: b}\nunit: 7\n",
        "paths": "study: ../../../evil\nround: ../../../evil\ndefault_model: ../../../../etc\n",
        "infinite": "alpha_thresholds: [.inf, .nan]\nseed: .inf\ncoders: {.nan: a}\n",
        "nothing": "",
        "a scalar": "7\n",
    }
    for name, text in nasty.items():
        data = text.encode("utf-8", "surrogateescape")
        make.case(f"codebook, {name}", "codebook check in/c.yaml", lambda place, data=data: (place / "c.yaml").write_bytes(data), (FAILED,))  # fmt: skip
        make.case(f"codebook, {name}, shown", "codebook show in/c.yaml", lambda place, data=data: (place / "c.yaml").write_bytes(data), (FAILED,))  # fmt: skip
        for command in ("stats in/l.csv", "push seeds --dry-run"):

            def settings(place: Path, data: bytes = data) -> None:
                replaced(place.parent / "out" / "w" / "config", "settings.yaml", data)
                (place / "l.csv").write_text("text,label\na,b\n")

            make.case(f"settings, {name}: {command[:5]}", f"{command} --workspace out/w", settings, _ANY)


def _npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _npy(header: str, body: bytes = b"") -> bytes:
    data = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(data).to_bytes(2, "little") + data + body


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


def _weights(sound: bytes) -> dict[str, bytes]:
    trap = np.array([Trap()], dtype=object)
    huge = "{{'descr': '<f8', 'fortran_order': False, 'shape': {}, }}"
    headers = {
        "a huge shape": huge.format("(1000000000000,)"),
        "a shape past all numbers": huge.format("(99999999999999999999999999,)"),
        "a shape below nought": huge.format("(-1,)"),
        "a shape of 30 dimensions": huge.format("(2,) * 0 or (" + "2," * 40 + ")"),
        "a call in its header": "__import__('os').system('touch canary')",
        "deep brackets in its header": "(" * 5_000,
        "an open string in its header": "{'descr': '''",
        "an odd dtype": "{'descr': '|V999999999', 'fortran_order': False, 'shape': (1,), }",
        "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    }
    found = {f"npz, {name}": _zip({"intercept.npy": _npy(head)}) for name, head in headers.items()}
    return found | {
        "npz, pickles": _npz(intercept=trap, words_keys=trap),
        "npz, a pickle as such": pickle.dumps(Trap()),
        "npz, pickles as members": _zip(
            {"intercept.npy": pickle.dumps(Trap()), "a.pkl": pickle.dumps(Trap())}
        ),
        "npz, paths": _zip({"../../../evil.npy": _npy(huge.format("()"), bytes(8)), "/evil.npy": b"x"}),
        "npz, escapes": _zip({f"{ESCAPES}.npy": b"x"}),
        "npz, a bomb": _zip({"intercept.npy": _npy(huge.format("(125000000,)"), bytes(1_000_000_000 // 2))}),
        "npz, 60,000 members": _zip({f"a{n}.npy": b"" for n in range(60_000)}, zipfile.ZIP_STORED),
        "npz, lzma": _zip({"intercept.npy": b"x" * 99}, zipfile.ZIP_LZMA)[:-130] + bytes(130),
        "npz, empty": _zip({}),
        "npz, no archive": b"x" * 999,
        "npz, nothing": b"",
        "npz, NaN": _npz(intercept=np.array([np.nan, np.inf])),
        "npz, other numbers": _npz(intercept=np.zeros(2)),
        "npz, cut off": sound[:-100],
    }


def _models(make: Maker) -> None:
    folder = make.base / "model"
    sound, told = (folder / "weights.npz").read_bytes(), json.loads((folder / "model.json").read_text())
    commands = ("score in/a.txt --model in/it -o out/s.csv", "model show in/it")
    changed = {
        "escapes for values": {"values": [ESCAPES, "b"], "classes": [ESCAPES, "b"]},
        "a path for a variable": {"variable": "../../../evil"},
        "a wrong hash": {"hash": "0" * 32},
        "no hash": {"hash": None},
        "format 99": {"format": f"99{ESCAPES}"},
        "parameters that are none": {"parameters": {"C": "__import__('os')", ESCAPES: 1}},
        "no parameters": {"parameters": None},
        "temperature nought": {"temperature": 0},
        "temperature infinite": {"temperature": 1e999},
        "10,000 classes": {"classes": [str(n) for n in range(10_000)]},
        "deep values": {"values": [[[[["a"]]]]]},
        "an embedding of its own": {"pieces": "../../../evil"},
    }
    texts = {f"model, {name}": json.dumps(told | new) for name, new in changed.items()} | {
        "model, 100,000 brackets": "[" * 100_000,
        "model, a number of a million digits": '{"format": ' + "9" * 1_000_000 + "}",
        "model, no UTF-8": "\udcff",
        "model, a list": "[]",
        "model, 30 MB": json.dumps(told | {"x": "x" * (30 << 20)}),
        "model, a pickle": "cos\nsystem\n(S'touch canary'\ntR.",
    }
    for command in commands:
        for name, text in texts.items():
            make.case(
                f"{name}: {command[:5]}", command, _spoilt(make, "model", "model.json", text), (FAILED,)
            )
        for name, data in _weights(sound).items():
            make.case(
                f"{name}: {command[:5]}", command, _spoilt(make, "model", "weights.npz", data), (FAILED,)
            )
        for name in ("model.json", "weights.npz", "card.md", "metrics.json"):
            for kind, what in (("a pipe", _pipe), ("a link to /dev/zero", _zero), ("a folder", _folder)):
                make.case(
                    f"model, {kind} as {name}: {command[:5]}",
                    command,
                    _instead(make, "model", name, what),
                    _ANY,
                )
    make.case(
        "model, escapes on its card",
        "model show in/it",
        _spoilt(make, "model", "card.md", f"# x{ESCAPES}\n"),
        (DONE,),
    )
    make.case(
        "model, no JSON as metrics",
        "model show in/it",
        _spoilt(make, "model", "metrics.json", "[" * 99_999),
        (FAILED,),
    )
    weights = [_broken(make, sound) for _ in range(25)]
    for number, data in enumerate(weights):
        make.case(f"npz, mutant {number}", commands[0], _spoilt(make, "model", "weights.npz", data), _ANY)


def _broken(make: Maker, sound: bytes) -> bytes:
    from tests.hostile.cases import mutant

    return mutant(sound, make.draw)


def _spoilt(make: Maker, part: str, file: str, data: bytes | str) -> Callable[[Path], None]:
    def files(place: Path) -> None:
        replaced(make.copy(part)(place), file, data)
        (place / "a.txt").write_text("Rain fell.")

    return files


def _instead(make: Maker, part: str, file: str, what: Callable[[Path], object]) -> Callable[[Path], None]:
    def files(place: Path) -> None:
        spot = make.copy(part)(place) / file
        spot.unlink(missing_ok=True)
        what(spot)
        (place / "a.txt").write_text("Rain fell.")

    return files


def _pipe(spot: Path) -> None:
    os.mkfifo(spot)


def _zero(spot: Path) -> None:
    spot.symlink_to("/dev/zero")


def _folder(spot: Path) -> None:
    spot.mkdir()


def _outside(spot: Path) -> None:
    spot.symlink_to("/etc/passwd")


def _studies(make: Maker) -> None:
    check, restore = "check in/it", "restore in/it in/a.txt -o out/study"
    for part, command in (("study", check), ("bare", restore), ("bare", check)):
        for file in ("labels/main.csv", "config/codebook.yaml", "config/settings.yaml", "manifest.json", "README.md", "models/tone/weights.npz", "models/tone/model.json", "scores/units.csv"):  # fmt: skip
            for kind, what in (
                ("a pipe", _pipe),
                ("a link outside", _outside),
                ("a link to /dev/zero", _zero),
            ):
                if command == check and part == "bare" and kind != "a link outside":
                    continue
                make.case(
                    f"study, {kind} as {file}: {command[:5]}",
                    command,
                    _instead(make, part, file, what),
                    (FAILED,),
                )
        make.case(
            f"study, a folder that is a link: {command[:5]}",
            command,
            lambda place, part=part: _linked(make, part, place),
            (FAILED,),
        )
        told = json.loads((make.base / part / "manifest.json").read_text())
        for name, new in {
            "paths in its manifest": {
                "files": {"../../../etc/passwd": {"sha256": "0", "bytes": 1}, "/etc/passwd": {}}
            },
            "escapes in its manifest": {
                "files": {ESCAPES: {"sha256": ESCAPES, "bytes": ESCAPES}},
                "study": ESCAPES,
            },
            "wrong types in its manifest": {
                "files": {"README.md": 7},
                "versions": [],
                "left_out": 7,
                "texts": {},
            },
            "texts of its own": {"texts": ESCAPES},
        }.items():
            make.case(
                f"study, {name}: {command[:5]}",
                command,
                _spoilt(make, part, "manifest.json", json.dumps(told | new)),
                (FAILED,),
            )
        for name, text in {
            "deep": "[" * 100_000,
            "no UTF-8": "\udcff",
            "30 MB": " " * (30 << 20) + "[]",
        }.items():
            make.case(
                f"study, a manifest {name}: {command[:5]}",
                command,
                _spoilt(make, part, "manifest.json", text),
                (FAILED,),
            )
        for name, file, text in (
            ("a codebook with a bomb", "config/codebook.yaml", _laughs(12, 9)),
            ("settings with a tag", "config/settings.yaml", f"study: {_TAGS[0]}\n"),
            ("labels that are none", "labels/main.csv", "\0" * 99),
            ("scores that are none", "scores/units.csv", "\0" * 99),
            ("a model that is none", "models/tone/weights.npz", "x"),
            ("a file with escapes", f"labels/{ESCAPES}.csv", "x"),
            ("results that are none", "results/stats.json", "[" * 100_000),
        ):
            if command == check:
                make.case(
                    f"study, {name}: {command[:5]}", command, _spoilt(make, part, file, text), (FAILED,)
                )


def _linked(make: Maker, part: str, place: Path) -> None:
    study = make.copy(part)(place)
    (study / "labels").rename(place / "elsewhere")
    (study / "labels").symlink_to(place / "elsewhere")
    (place / "a.txt").write_text("Rain fell.")


def _stories(make: Maker) -> None:
    command = "report in/l.csv --stories in/it -o out/r.html"
    for name, page in {
        "outside": "../../../../etc/passwd", "absolute": "/etc/passwd", "too long": "a" * 5_000, "a NUL": "a\0b",
        "an address": "javascript:alert(1)", "escapes": ESCAPES, "a device": "/dev/zero",
    }.items():  # fmt: skip

        def files(place: Path, page: str = page) -> None:
            stories = make.copy("stories")(place)
            lines = (stories / "stories.csv").read_text(encoding="utf-8").splitlines()
            column = lines[0].split(",").index("page")
            row = lines[1].split(",")
            row[column] = f'"{page}"'
            replaced(stories, "stories.csv", "\n".join([lines[0], ",".join(row)]) + "\n")
            (place / "l.csv").write_text("text,label\na,b\n")

        make.case(f"stories, a page {name}", command, files, _ANY)
    for file in ("articles.csv", "stories.csv", "quotations.csv", "outlets.csv"):
        for kind, what in (("a pipe", _pipe), ("a link to /dev/zero", _zero)):

            def instead(place: Path, file: str = file, what: Callable[[Path], None] = what) -> None:
                _instead(make, "stories", file, what)(place)
                (place / "l.csv").write_text("text,label\na,b\n")

            make.case(f"stories, {kind} as {file}", command, instead, (FAILED,))
