"""A model on disk: data only, so that loading one can never run code."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from framing.classifier import features
from framing.classifier.estimator import FramingClassifier
from framing.errors import ModelError
from framing.files import whole_binary, whole_text

FORMAT = 1
_DESCRIPTION, _WEIGHTS, _VOCABULARY = "model.json", "weights.npz", "vocabulary.json"


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
        found = self.estimator.predict_proba(units)
        wide = np.zeros((len(found), len(self.values)))
        wide[:, [self.values.index(str(name)) for name in self.estimator.classes_]] = found
        return wide


def save_model(model: Model, folder: Path) -> Model:
    """Write a model; gives it back with its name and hash.

    Raises
    ------
    FramingError
        If the folder can't be written.
    """
    estimator = model.estimator
    vocabulary = {
        "words": _terms(estimator.words_),
        "letters": _terms(estimator.letters_),
        "place": list(features.PLACE_NAMES) if estimator.place else [],
    }
    arrays = {
        "coef": estimator.coef_.astype(np.float32),
        "intercept": estimator.intercept_.astype(np.float64),
        "words_idf": estimator.words_.idf_.astype(np.float64),
        "letters_idf": estimator.letters_.idf_.astype(np.float64),
    }
    description = model.description | {
        "format": FORMAT,
        "variable": model.variable,
        "values": list(model.values),
        "classes": [str(name) for name in estimator.classes_],
        "parameters": estimator.get_params(),
        "temperature": estimator.temperature_,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with whole_text(folder / _VOCABULARY) as stream:
        json.dump(vocabulary, stream, ensure_ascii=False)
    with whole_binary(folder / _WEIGHTS) as binary:
        np.savez_compressed(binary, **arrays)
    description["hash"] = _hash(folder, description)
    with whole_text(folder / _DESCRIPTION) as stream:
        json.dump(description, stream, ensure_ascii=False, indent=1)
    return load_model(folder)


def load_model(folder: Path) -> Model:
    """Read a model and check that it is whole.

    Raises
    ------
    ModelError
        If the folder is no model, is damaged, or was written by another version.
    """
    try:
        description = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model there", hint="train one: framing train") from None
    except (OSError, ValueError) as error:
        raise _damaged(folder, f"{_DESCRIPTION} is not readable") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        found = description.get("format") if isinstance(description, dict) else None
        raise ModelError(
            f"{folder}: model format {found!r}, expected {FORMAT}",
            hint="train it again: framing train",
        )
    try:
        if _hash(folder, description) != description["hash"]:
            raise _damaged(folder, "its hash is not the one it was saved with")
        estimator = _estimator(folder, description)
        return Model(
            name=folder.resolve().name,
            estimator=estimator,
            variable=str(description["variable"]),
            values=tuple(map(str, description["values"])),
            description=description,
            hash=str(description["hash"]),
            folder=folder,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise _damaged(folder, f"{type(error).__name__}") from error


def _estimator(folder: Path, description: dict[str, Any]) -> FramingClassifier:
    vocabulary = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
    with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
        weights = {name: arrays[name].astype(np.float64) for name in arrays.files}
    estimator = FramingClassifier(**description["parameters"])
    estimator.words_ = _restored(features.word_vectorizer(), vocabulary["words"], weights["words_idf"])
    estimator.letters_ = _restored(
        features.letter_vectorizer(), vocabulary["letters"], weights["letters_idf"]
    )
    estimator.classes_ = np.array(description["classes"])
    estimator.coef_, estimator.intercept_ = weights["coef"], weights["intercept"]
    estimator.temperature_ = float(description["temperature"])
    width = sum(len(vocabulary[name]) for name in ("words", "letters", "place"))
    if estimator.coef_.shape != (len(estimator.classes_), width):
        raise ValueError("weights and vocabulary differ in size")
    return estimator


def _terms(vectorizer: TfidfVectorizer) -> list[str]:
    return [str(term) for term in vectorizer.get_feature_names_out()]


def _restored(vectorizer: TfidfVectorizer, terms: list[str], idf: Any) -> TfidfVectorizer:
    vectorizer.vocabulary = {str(term): index for index, term in enumerate(terms)}
    vectorizer.idf_ = idf
    return vectorizer


def _hash(folder: Path, description: dict[str, Any]) -> str:
    """Hash what decides a prediction: arrays by content, since compressed bytes may differ."""
    mark = hashlib.blake2b(digest_size=16)
    for key in ("variable", "values", "classes", "parameters", "temperature"):
        mark.update(json.dumps(description[key], sort_keys=True).encode())
    mark.update((folder / _VOCABULARY).read_bytes())
    with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
        for name in sorted(arrays.files):
            mark.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return mark.hexdigest()


def _damaged(folder: Path, reason: str) -> ModelError:
    return ModelError(f"{folder}: damaged model: {reason}", hint="train it again: framing train")
