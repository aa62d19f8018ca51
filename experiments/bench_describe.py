"""How much slower is ``describe`` than the bare network?

``python -m experiments.bench_describe --paintings DIR --weights FILE --json``

The peer is the network itself (timm's resnet18, three layers, 224 pixels) on tensors that are already in memory, with
nothing decoded, compared or kept. Both run in one process, in turn, several times: a ratio of two rates holds on a
noisy machine, a rate alone does not. ``describe`` is measured whole: decoding, Gram matrices, PCA, shards, writing.
"""

import time
from pathlib import Path

import numpy as np
import torch

from artgraph.descriptors import extract, make_descriptor
from artgraph.images import load_image, resize_cover
from artgraph.ingest import find_images
from artgraph.shards import ShardStore
from experiments.common import experiment, parser, spread


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True, help="resnet18, safetensors, timm's names")
    arguments.add_argument("--n", type=int, default=1024)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments = arguments.parse_args()
    experiment("bench_describe", arguments, lambda: measure(arguments))


def measure(arguments):
    """Return rates (pictures per second) and their ratio (dict)."""
    import tempfile

    device = "cuda" if torch.cuda.is_available() else "cpu"
    paths = [arguments.paintings / path for path in find_images(arguments.paintings)[: arguments.n]]
    descriptor = make_descriptor("gram:resnet18", weights=arguments.weights, device=device)
    descriptor.load()
    tensors = np.stack([resize_cover(load_image(path), 224) for path in paths[:128]])

    @torch.inference_mode()
    def bare():
        for start in range(0, len(paths), 32):
            pixels = torch.from_numpy(tensors[start % 128 : start % 128 + 32]).to(device)
            pixels = descriptor.source.normalise(pixels.permute(0, 3, 1, 2).float())
            descriptor.network(pixels.contiguous(memory_format=torch.channels_last))
        if device == "cuda":
            torch.cuda.synchronize()

    def whole():
        with tempfile.TemporaryDirectory() as folder:
            extract(paths, [descriptor], [ShardStore(Path(folder), ".shards-gram-", "0" * 16)])

    def rate(work):
        started = time.perf_counter()
        work()
        return len(paths) / (time.perf_counter() - started)

    bare()
    rates = [(rate(bare), rate(whole)) for _ in range(arguments.repeats)]
    return {
        "n": len(paths),
        "device": device,
        "bare_network_per_second": spread([a for a, _ in rates]),
        "describe_per_second": spread([b for _, b in rates]),
        "ratio": spread([b / a for a, b in rates]),
    }


if __name__ == "__main__":
    main()
