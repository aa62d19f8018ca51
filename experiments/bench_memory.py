"""Does the memory that ``describe`` takes grow with the number of pictures?

``python -m experiments.bench_memory --json``

The stage ``describe`` with Gram matrices of a ResNet-50 (random weights: memory does not mind) on corpora of 1,000 and
of 100,000 simulated pictures, each in a process of its own. The first batch goes through the network and the reduction;
decoding, network and reduction are then replaced by what they gave, or this would take hours. All else is real: the
sample at full width, its PCA, shards, joining, writing. Peak memory is the operating system's figure for the process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from experiments.common import experiment, parser

GIB = 1 << 30


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    arguments.add_argument("--simulate", type=int, help=argparse.SUPPRESS)
    arguments = arguments.parse_args()
    if arguments.simulate:
        print(json.dumps(simulate(arguments.simulate)))
        return
    experiment("bench_memory", arguments, lambda: measure(arguments.sizes))


def measure(sizes):
    """Return, for each number of pictures, the peak memory in GiB and the seconds of the stage (dict)."""
    rows = {}
    for n in sizes:
        command = [sys.executable, "-m", "experiments.bench_memory", "--simulate", str(n)]
        rows[str(n)] = json.loads(subprocess.check_output(command, text=True).splitlines()[-1])
        print(n, rows[str(n)], file=sys.stderr)
    peaks = [row["peak_gib"] for row in rows.values()]
    return {"describe": rows, "growth_gib": round(peaks[-1] - peaks[0], 3)}


def simulate(n):
    """Describe n pictures that are not there; return peak memory (GiB) and seconds (dict)."""
    import resource
    import time

    import pandas as pd
    import timm
    import torch
    from safetensors.torch import save_file

    from artgraph import Corpus, pipeline
    from artgraph.descriptors import Gram

    class Simulated(Gram):
        pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
        first = reduced = None

        def prepare(self, image):
            return self.pixels

        def embed(self, batch):
            if self.first is None:
                noise = np.random.default_rng(1).integers(0, 256, batch.shape, dtype=np.uint8)
                self.first = super().embed(noise)
            return self.first[: len(batch)]

        def reduce(self, wide, fitted):
            if len(wide) != len(self.first):  # of the sample
                return super().reduce(wide, fitted)
            if self.reduced is None:
                self.reduced = super().reduce(wide, fitted)
            return self.reduced

    sys.modules["artgraph.descriptors.work"].load_image = lambda path, min_side: Simulated.pixels
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        torch.manual_seed(0)
        save_file(timm.create_model("resnet50", pretrained=False).state_dict(), folder / "weights.safetensors")
        ids = [f"{i:06d}" for i in range(n)]
        table = pd.DataFrame({"id": ids, "image": "none.png", "image_sha256": ids})
        corpus = Corpus.create(folder / "corpus", table, image_root=folder)
        descriptor = Simulated(backbone="resnet50", weights=folder / "weights.safetensors")
        started = time.perf_counter()
        (made,) = pipeline.describe(corpus, descriptors=(descriptor,))
        seconds = time.perf_counter() - started
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"peak_gib": round(peak / GIB, 3), "seconds": round(seconds, 1), "dimensions": made.facts["dimensions"]}


if __name__ == "__main__":
    main()
