"""Do OpenVINO, ONNX Runtime or torch.compile describe a picture in less processor time than PyTorch as it is?

``pip install openvino '.[onnx]'``, then
``python -m experiments.bench_compilers --paintings DIR --weights DIR --json``

One thread each, in one process, in turn, several times: the least processor time of each counts. A descriptor is
measured whole, from pixels in memory to features, with its network replaced; beside it, what decoding and resizing
cost, which no compiler shortens: the last rows are ratios of whole runs. Values are compared with those of PyTorch.
``csd`` has its network, a ViT-L/14, with random weights.
"""

import importlib.util
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from artgraph.descriptors import make_descriptor
from artgraph.descriptors.csd import StyleTower, clip_tower
from artgraph.descriptors.runtime import run_by
from artgraph.images import load_image
from artgraph.ingest import find_images
from experiments.common import experiment, parser

RUNS = {
    "eye and lite, the default": ("eye", "lite"),
    "README's larger networks": ("gram:resnet18", "moments:vit_tiny_patch16_224", "lite"),
    "csd": ("csd",),
}
BATCH = 16
ENGINES = ("openvino", "onnxruntime", "torch.compile")


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--paintings", type=Path, required=True)
    arguments.add_argument("--weights", type=Path, required=True, help="folder of safetensors files, timm's names")
    arguments.add_argument("--repeats", type=int, default=5)
    arguments = arguments.parse_args()
    experiment("bench_compilers", arguments, lambda: measure(arguments))


def measure(arguments):
    """Return milliseconds of processor time a picture, largest differences and ratios (dict)."""
    torch.set_num_threads(1)
    engines = [name for name in ENGINES if importlib.util.find_spec(name.split(".")[0])]
    paths = [arguments.paintings / path for path in find_images(arguments.paintings)[:BATCH]]
    images = [load_image(path, min_side=448) for path in paths]
    decode = least(lambda: [load_image(path, min_side=448) for path in paths], arguments.repeats)
    rows = {}
    for spec in dict.fromkeys(name for run in RUNS.values() for name in run):
        own = {"weights": arguments.weights} if ":" in spec else {}
        with tempfile.TemporaryDirectory() as folder:
            descriptor = make_descriptor(spec, **({"weights": random_csd(folder)} if spec == "csd" else own))
            descriptor.load()
        prepare = least(lambda one=descriptor: [one.prepare(image) for image in images], arguments.repeats)
        batch = np.stack([descriptor.prepare(image) for image in images])
        rows[spec] = {"prepare": prepare, **compare(descriptor, batch, engines, arguments.repeats)}
    ratios = {}
    for run, names in RUNS.items():
        fixed = decode + sum(rows[name]["prepare"] for name in names)
        before = fixed + sum(rows[name]["PyTorch"] for name in names)
        for engine in engines:
            after = fixed + sum(rows[name].get(engine, rows[name]["PyTorch"]) for name in names)
            ratios[f"{run}: PyTorch / {engine}"] = round(before / after, 3)
    return {"batch": BATCH, "engines": engines, "decode": decode, "milliseconds": rows, "whole runs": ratios}


def random_csd(folder):
    """Write a file of random weights for the network of ``csd``; return its path."""
    torch.manual_seed(0)
    network = StyleTower(clip_tower(width=1024, blocks=24, hidden=4096, patch=14, grid=16), width=1024, dimensions=768)
    torch.nn.init.normal_(network.last_layer_style, std=0.02)
    file = Path(folder) / "csd.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, file)
    return file


def compare(descriptor, batch, engines, repeats):
    """Return the milliseconds of each engine, and how far its values are off, relative to their deviation (dict)."""
    own, pixels = descriptor.network, {}

    def catch(module, taken):
        pixels["x"] = taken[0].detach().clone().contiguous()

    hook = own.register_forward_pre_hook(catch)
    expected = descriptor.embed(batch)
    hook.remove()
    ways, trouble = {"PyTorch": own}, {}
    for engine in engines:
        try:
            ways[engine] = compiled(engine, own, pixels["x"])
            descriptor.network = ways[engine]
            descriptor.embed(batch)
        except Exception as error:
            trouble[engine] = f"{type(error).__name__}: {str(error).splitlines()[0][:120]}"
            ways.pop(engine, None)
    times, off = dict.fromkeys(ways, np.inf), {}
    for _ in range(repeats):
        for engine, network in ways.items():
            descriptor.network = network
            times[engine] = min(times[engine], least(lambda: descriptor.embed(batch), 1))
    for engine, network in ways.items():
        descriptor.network = network
        off[engine] = float(np.abs(descriptor.embed(batch) - expected).max() / expected.std())
    descriptor.network = own
    found = {**{name: round(value, 2) for name, value in times.items()}, "largest difference": off}
    return found | ({"did not work": trouble} if trouble else {})


def compiled(engine, network, pixels):
    """Return a network, made by an engine, that takes and gives what ``network`` does."""
    if engine == "torch.compile":
        return torch.compile(network)
    if engine == "onnxruntime":
        return run_by(engine, network, size=pixels.shape[-1])
    with torch.no_grad():
        given = network(pixels)
    several = isinstance(given, (list, tuple))
    import openvino

    model = openvino.convert_model(network, example_input=pixels)
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    run = openvino.Core().compile_model(model, "CPU", settings)

    def forward(x):
        found = [torch.from_numpy(np.array(run({0: x.contiguous().numpy()})[output])) for output in run.outputs]
        return found if several else found[0]

    return forward


def least(work, repeats):
    """Return the least processor time of some work, milliseconds a picture."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return round(1000 * min(times) / BATCH, 3)


if __name__ == "__main__":
    main()
