"""How much slower is ``describe`` than the bare networks and functions that it is made of?

``python -m experiments.bench_describe --paintings DIR --weights DIR --json``

1. ``gram`` alone. The peer is the network itself (timm's resnet18, three layers, 224 pixels) on tensors that are in
   memory already, with nothing decoded, compared or kept.
2. Five descriptors in one pass. The peers are the same work, one after the other on what is already in memory: the two
   networks on tensors, the other three on decoded pictures (in as many threads), and the InfoVAE's training and coding.

Peer and ``describe`` run in one process, in turn, several times: a ratio of two rates holds on a noisy machine, a rate
alone does not. ``describe`` is measured whole: decoding, Gram matrices, PCA, shards, writing.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from artgraph.descriptors import extract, make_descriptor
from artgraph.images import load_image
from artgraph.ingest import find_images
from artgraph.shards import ShardStore
from experiments.common import experiment, parser, spread

TOGETHER = ("gram:resnet18", "cnn:mobilenetv2_100", "color", "texture", "patches")
HELD = 128  # pictures in memory for the peers
BATCH = 32


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument("--n", type=int, default=1024)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--workers", type=int, default=2)
    arguments = arguments.parse_args()
    experiment("bench_describe", arguments, lambda: measure(arguments))


def measure(arguments):
    """Return seconds and rates of ``describe`` and of its peers, and their ratios (dict)."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    paths = [arguments.paintings / path for path in find_images(arguments.paintings)[: arguments.n]]
    descriptors = [make_descriptor(spec, weights=arguments.weights, device=device) for spec in TOGETHER]
    for descriptor in descriptors:
        descriptor.load()
    images = [load_image(path, min_side=448) for path in paths[:HELD]]
    peers = {d.key: peer(d, images, len(paths), workers=arguments.workers, device=device) for d in descriptors}

    def whole(some):
        with tempfile.TemporaryDirectory() as folder:
            stores = [ShardStore(Path(folder), f".shards-{d.key}-", "0" * 16) for d in some]
            extract(paths, some, stores, workers=arguments.workers)

    gram = descriptors[:1]
    peers["gram-resnet18"]()  # warm
    alone = [(seconds(peers["gram-resnet18"]), seconds(lambda: whole(gram))) for _ in range(arguments.repeats)]
    rounds = []
    for _ in range(arguments.repeats):
        bare = {key: seconds(work) for key, work in peers.items()}
        rounds.append((bare, seconds(lambda: whole(descriptors))))
    n = len(paths)
    return {
        "n": n,
        "device": device,
        "gram": {
            "bare_network_per_second": spread([n / bare for bare, _ in alone]),
            "describe_per_second": spread([n / whole for _, whole in alone]),
            "ratio": spread([bare / whole for bare, whole in alone]),
        },
        "together": {
            "bare_seconds": {key: spread([bare[key] for bare, _ in rounds]) for key in peers},
            "describe_seconds": spread([whole for _, whole in rounds]),
            "ratio": spread([sum(bare.values()) / whole for bare, whole in rounds]),
        },
    }


def peer(descriptor, images, n, *, workers, device):
    """Return the bare work of a descriptor on n pictures, of which those in memory come again and again (function)."""
    if hasattr(descriptor, "network"):
        tensors = np.stack([descriptor.prepare(image) for image in images])

        @torch.inference_mode()
        def work():
            for start in range(0, n, BATCH):
                pixels = torch.from_numpy(tensors[start % HELD : start % HELD + BATCH]).to(device)
                pixels = (pixels.permute(0, 3, 1, 2).float() - 127) / 127
                descriptor.network(pixels.contiguous(memory_format=torch.channels_last))
            if device == "cuda":
                torch.cuda.synchronize()

        return work

    def work():
        with ThreadPoolExecutor(workers) as pool:
            wide = list(pool.map(descriptor.prepare, (images[i % len(images)] for i in range(n))))
        if descriptor.places:
            wide = np.stack(wide)
            descriptor.reduce(wide, descriptor.fit(wide[: descriptor.learns_from]))

    return work


def seconds(work):
    """Return how long a function runs (float)."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
