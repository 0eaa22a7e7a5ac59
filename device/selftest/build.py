"""One command from nothing to the committed artefact: `python3 build.py` (Debian's python3-torch, python3-numpy, python3-regex).

Separate because it is the only file that writes: b3iq-selftest.gguf, its SHA-256, canaries.json and measured.json.
`python3 build.py --steps 20 --out DIR` is a quick trial elsewhere.
"""

import os
import sys

# One code path of BLAS and torch on every processor since 2013, so that another machine makes the same weights. Read at import.
PINNED = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
          "PYTHONHASHSEED": "0"}
if any(os.environ.get(name) != value for name, value in PINNED.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **PINNED})

import argparse
import hashlib
import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch

import gguf
from canaries import choose
from chat import spans
from corpus import stream
from measure import leaked, measure
from model import Pebble, Shape
from tokenizer import Tokenizer, learn_merges
from train import Plan, train

VOCABULARY_SAMPLE = 12_000
NAME = "b3iq-selftest.gguf"


def as_shipped(model):
    """`model` with every matrix rounded as the file rounds it, so that what is measured is what is shipped."""
    rounded = Pebble(model.shape)
    rounded.load_state_dict(
        {name: torch.from_numpy(gguf.dequantise(value.numpy())) if value.dim() == 2 else value for name, value in model.state_dict().items()})
    return rounded.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if leaked():
        raise SystemExit(f"held-out questions are also trained on: {leaked()}")
    shape, plan = Shape(), replace(Plan(), steps=options.steps)
    texts = ["".join(text for text, _ in spans(*c)) for c in islice(stream(plan.seed), VOCABULARY_SAMPLE)]
    tokenizer = Tokenizer(learn_merges(texts, shape.vocab))
    model = as_shipped(train(tokenizer, shape, plan, log=lambda line: print(line, flush=True)))

    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / NAME
    gguf.write(path, model, tokenizer)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (options.out / f"{NAME}.sha256").write_text(f"{digest}  {NAME}\n")
    table, failed = measure(model, tokenizer)
    (options.out / "measured.json").write_text(json.dumps({"sha256": digest, "exact": table}, indent=2) + "\n")
    canaries = {"sha256": digest, "temperature": 0, "canaries": choose(model, tokenizer)}
    (options.out / "canaries.json").write_text(json.dumps(canaries, indent=1, ensure_ascii=False) + "\n")
    for category, (right, all_of_them) in table.items():
        print(f"{right:4d}/{all_of_them:<4d} {category}")
    print(f"{path} {path.stat().st_size} bytes sha256 {digest}, {len(canaries['canaries'])} canaries")


if __name__ == "__main__":
    main()
