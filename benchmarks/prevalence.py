"""How often the interval of a corrected share holds the truth, beside the raw share's.

    python benchmarks/prevalence.py --case chain --labels 200 --draws 400
    python benchmarks/prevalence.py --case learnt --draws 40
    python benchmarks/prevalence.py --case alone --labels 100 --draws 1000

`chain`: worlds with a known truth taken through train, score and prevalence; labels chosen as uncertain with
a random fifth, the model from a world where alarms were four times as common. `learnt`: the same, by a model
that was trained on those very labels. `alone`: the estimator with made-up scores.
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.prove.simulation import SHARES, alone, covered, held_apart, learnt_from, pooled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--case", choices=("chain", "learnt", "alone"), default="chain")
    parser.add_argument("--labels", type=int, default=200, help="units drawn at random")
    parser.add_argument("--draws", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if given.case == "alone":
            found = alone(given.draws, given.labels)
        elif given.case == "learnt":
            found = covered(learnt_from, given.draws, Path(scratch))
        else:
            found = covered(partial(held_apart, labels=given.labels), given.draws, Path(scratch))
    print(f"{given.case}, {given.draws} draws")
    for value, one in found.items():
        print(
            f"{value:8} true {SHARES[value]:.2f}  corrected holds it {one.share:.3f}  "
            f"raw {one.raw / one.draws:.3f}  without interval {one.undefined}  "
            f"mean error {one.bias / one.draws:+.4f}  mean tuning {one.tuning / one.draws:.2f}"
        )
    print(f"all values together: {pooled(found):.3f}")


if __name__ == "__main__":
    main()
