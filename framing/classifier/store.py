"""A model on disk: data only, so that loading one can never run code."""

import hashlib
import json
import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.classifier.estimator import FramingClassifier
from framing.classifier.features import PLACE_NAMES, SHAPE_NAMES
from framing.classifier.weights import BLOCKS, GRAMS, Vocabulary, Weights
from framing.errors import ModelError
from framing.files import readable, text_of, whole_binary, whole_text

FORMAT = 2
_DESCRIPTION, _WEIGHTS = "model.json", "weights.npz"
#: What decides a prediction, beside the arrays.
_DECIDING = ("variable", "values", "classes", "parameters", "temperature", "pieces")
#: A description or unpacked array larger than this many bytes is no model of ours.
_LARGEST_TEXT, _LARGEST_ARRAYS, _MOST_ARRAYS = 16 * 2**20, 512 * 2**20, 99

#: What reading a damaged archive or description can raise.
_BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    tokenize.TokenError,
    MemoryError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier and what it was trained for.

    Attributes
    ----------
    name : str
        The folder's name.
    estimator : FramingClassifier
    variable : str
        The variable that it predicts.
    values : tuple of str
        All legal values in codebook order, those without training examples included.
    description : dict
        Whatever else is told of it: codebook, hashes, versions, training.
    hash : str
        Of everything that decides a prediction; empty until it is saved.
    folder : Path or None
        Where it was loaded from.
    """

    name: str
    estimator: FramingClassifier
    variable: str
    values: tuple[str, ...]
    description: dict[str, Any]
    hash: str = ""
    folder: Path | None = None

    @property
    def id(self) -> str:
        """``name@`` and the first twelve characters of the hash."""
        return f"{self.name}@{self.hash[:12]}"

    def predict_proba(self, units: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Probabilities over all legal values, shape (n_units, n_values); unseen values get 0."""
        return self.widened(self.estimator.predict_proba(units))

    def widened(self, proba: NDArray[np.float64]) -> NDArray[np.float64]:
        """Columns of learnt classes to columns of all legal values, 0 where nothing was learnt."""
        wide = np.zeros((len(proba), len(self.values)))
        wide[:, [self.values.index(str(name)) for name in self.estimator.classes_]] = proba
        return wide


def save_model(model: Model, folder: Path) -> Model:
    """Write a model; gives it back with its name and hash.

    Raises
    ------
    FramingError
        If the folder can't be written.
    """
    estimator = model.estimator
    arrays = _arrays(estimator.weights_)
    pieces = estimator.pieces
    description = model.description | {
        "format": FORMAT,
        "variable": model.variable,
        "values": list(model.values),
        "classes": [str(name) for name in estimator.classes_],
        "parameters": estimator.get_params(),
        "temperature": estimator.temperature_,
        "pieces": pieces.fingerprint if pieces else "",
    }
    description["hash"] = _hash(arrays, description)
    with whole_binary(folder / _WEIGHTS) as binary:
        np.savez_compressed(binary, **arrays)  # type: ignore[arg-type]
    with whole_text(folder / _DESCRIPTION) as stream:
        json.dump(description, stream, ensure_ascii=False, indent=1)
    return load_model(folder)


def _arrays(weights: Weights) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {"intercept": weights.intercept}
    for name, block in weights.added.items():
        arrays[name] = block.astype(np.float32)
    for name, vocabulary in weights.vocabularies.items():
        arrays[f"{name}_keys"] = vocabulary.keys
        arrays[f"{name}_idf"] = vocabulary.idf.astype(np.float32)
    return arrays


def load_model(folder: Path) -> Model:
    """Read a model and check that it is whole.

    Raises
    ------
    ModelError
        If the folder is no model, is damaged, was written by another version, or needs another
        embedding table than the one installed.
    """
    description = _description(folder)
    try:
        arrays = _unpacked(folder / _WEIGHTS)
        if _hash(arrays, description) != description["hash"]:
            raise _damaged(folder, "its hash is not the one it was saved with")
        estimator = _estimator(arrays, description)
        values = tuple(map(str, description["values"]))
        _check(set(description["classes"]) <= set(values), "classes that are no values")
        model = Model(
            name=readable(folder.resolve().name),
            estimator=estimator,
            variable=str(description["variable"]),
            values=values,
            description=description,
            hash=str(description["hash"]),
            folder=folder,
        )
    except _BROKEN as error:
        raise _damaged(folder, " ".join(str(error).split()) or type(error).__name__) from error
    needed = estimator.pieces.fingerprint if estimator.pieces else ""
    if description["pieces"] != needed:
        raise ModelError(
            f"{folder}: made with embedding table {description['pieces']!r}, installed is {needed!r}",
            hint="train it again: framing train",
        )
    return model


def _description(folder: Path) -> dict[str, Any]:
    file = folder / _DESCRIPTION
    try:
        description = json.loads(text_of(file, _LARGEST_TEXT))
    except (FileNotFoundError, NotADirectoryError):
        raise ModelError(f"{folder}: no model there", hint="train one: framing train") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(folder, f"{_DESCRIPTION} is not readable") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        found = description.get("format") if isinstance(description, dict) else None
        raise ModelError(
            f"{folder}: model format {found!r}, expected {FORMAT}",
            hint="train it again: framing train",
        )
    return description


def _unpacked(file: Path) -> dict[str, NDArray[Any]]:
    """Read arrays of numbers; how large they will be is looked at before they are unpacked."""
    _check(file.is_file(), f"no file {_WEIGHTS}")
    with zipfile.ZipFile(file) as packed:
        count = len(packed.infolist())
        _check(count <= _MOST_ARRAYS, f"{count} arrays")
        size = sum(item.file_size for item in packed.infolist())
        _check(size <= _LARGEST_ARRAYS, f"{size} bytes of weights")
        for item in packed.infolist():
            _check_shape(packed, item)
    with np.load(file, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    for name, array in found.items():
        _check(array.dtype.kind in "fu" and bool(np.isfinite(array).all()), f"{name} is not all numbers")
    return found


def _check_shape(packed: zipfile.ZipFile, item: zipfile.ZipInfo) -> None:
    """Refuse an array whose header asks for other memory than its bytes fill."""
    with packed.open(item) as stream:
        version = np.lib.format.read_magic(stream)  # type: ignore[no-untyped-call]
        _check(version == (1, 0), f"{item.filename} in version {version} of the format npy")
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)  # type: ignore[no-untyped-call]
        if dtype.hasobject:
            return  # which is refused when it is read
        held = item.file_size - stream.tell()
        _check(
            math.prod(shape) * dtype.itemsize == held,
            f"{item.filename} of shape {shape} in {held} bytes",
        )


def _estimator(arrays: Mapping[str, NDArray[Any]], description: Mapping[str, Any]) -> FramingClassifier:
    classes = np.array([str(name) for name in description["classes"]])
    _check(len(classes) > 0 and len(set(classes)) == len(classes), "classes missing or repeated")
    temperature = float(description["temperature"])
    _check(0 < temperature < float("inf"), f"temperature {temperature}")
    blocks = [name for name in BLOCKS if description["parameters"][name]]
    sizes = {"shape": len(SHAPE_NAMES), "place": len(PLACE_NAMES)}
    vocabularies = {
        name: Vocabulary(arrays[f"{name}_keys"].astype(np.uint32), arrays[f"{name}_idf"].astype(np.float64))
        for name in GRAMS
        if name in blocks
    }
    for name, vocabulary in vocabularies.items():
        _check(bool((np.diff(vocabulary.keys.astype(np.int64)) > 0).all()), f"{name} keys are not ascending")
        _check(vocabulary.idf.shape == vocabulary.keys.shape, f"{name} keys and idf differ in size")
        sizes[name] = len(vocabulary.keys)
    added = {name: arrays[name].astype(np.float64) for name in blocks}
    for name, block in added.items():
        wanted = (sizes.get(name, len(block)), len(classes))
        _check(block.shape == wanted, f"{name} has shape {block.shape}, expected {wanted}")
    intercept = arrays["intercept"].astype(np.float64)
    _check(intercept.shape == classes.shape, "intercept and classes differ in size")
    weights = Weights(vocabularies, added, intercept)
    return FramingClassifier.restored(dict(description["parameters"]), classes, weights, temperature)


def _check(holds: bool, found: str) -> None:
    if not holds:
        raise ValueError(f"found {found}")


def _hash(arrays: Mapping[str, NDArray[Any]], description: Mapping[str, Any]) -> str:
    """Hash what decides a prediction: arrays by content, since compressed bytes may differ."""
    mark = hashlib.blake2b(digest_size=16)
    for key in _DECIDING:
        mark.update(json.dumps(description[key], sort_keys=True).encode())
    for name in sorted(arrays):
        mark.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return mark.hexdigest()


def _damaged(folder: Path, reason: str) -> ModelError:
    return ModelError(f"{folder}: damaged model: {reason}", hint="train it again: framing train")
