"""Who runs a network: PyTorch, or ONNX Runtime, which takes less time of a CPU (``experiments/bench_compilers.py``)."""

from __future__ import annotations

import importlib.util
import io
import warnings

import numpy as np
import torch

from artgraph.checks import check_choice
from artgraph.errors import InputError

__all__ = ["RUNTIMES", "check_runtime", "run_by", "runtime_params"]

RUNTIMES = ("torch", "onnxruntime")


def check_runtime(runtime: str, device: str) -> str:
    """Return a runtime that can be had on a device.

    Parameters
    ----------
    runtime : One of ``RUNTIMES``.
    device : A torch device.

    Raises
    ------
    InputError
        It is no runtime, is not installed, or is not for this device.
    """
    check_choice("runtime", runtime, RUNTIMES)
    if runtime == "onnxruntime":
        if missing := [name for name in ("onnx", "onnxruntime") if importlib.util.find_spec(name) is None]:
            raise InputError(
                f"--runtime onnxruntime needs {' and '.join(missing)}, not installed: pip install 'artgraph[onnx]'"
            )
        if not str(device).startswith("cpu"):
            raise InputError(f"--runtime onnxruntime is for the CPU, and the device is {device}: add --device cpu")
    return runtime


def runtime_params(runtime: str) -> dict[str, str]:
    """Return what a label says of a ``runtime``: nothing of PyTorch, whose values are those of all labels before."""
    return {} if runtime == "torch" else {"runtime": runtime}


def run_by(runtime: str, network: torch.nn.Module, *, size: int) -> torch.nn.Module:
    """Return a network that takes and gives what another one does, on one thread for each call.

    Values differ from PyTorch's by rounding, and so have a name of their own in the label of features.

    Parameters
    ----------
    runtime : One of ``RUNTIMES``; with "torch" the network itself is returned.
    network : On the CPU, in eval mode; for pixels (b, 3, size, size).
    size : Side of a picture, pixels.

    Raises
    ------
    InputError
        The network has operations that ONNX does not know, or is larger than a file of ONNX may be (2 GiB).
    """
    if runtime == "torch":
        return network
    return _OnnxNetwork(network, torch.zeros(2, 3, size, size))


class _OnnxNetwork(torch.nn.Module):
    """A network in ONNX Runtime; threads may share it."""

    def __init__(self, network: torch.nn.Module, pixels: torch.Tensor) -> None:
        import onnxruntime

        super().__init__()
        with torch.inference_mode():
            given = network(pixels)
        self.several = isinstance(given, (list, tuple))
        names = [f"layer{number}" for number in range(len(given) if self.several else 1)]
        file = io.BytesIO()
        try:
            with warnings.catch_warnings(), torch.no_grad():
                warnings.simplefilter("ignore")  # of the exporter, about what is constant in the network
                torch.onnx.export(
                    network,
                    (pixels,),
                    file,
                    input_names=["pixels"],
                    output_names=names,
                    dynamic_axes={name: {0: "pictures"} for name in ("pixels", *names)},
                    dynamo=False,
                )
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3  # errors
            session = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # each version of the exporter and of the runtime has errors of its own
            raise InputError(
                f"This network cannot be run by onnxruntime ({str(error).splitlines()[0] if str(error) else error!r}); "
                "leave --runtime out"
            ) from error
        self.session = session

    def forward(self, pixels: torch.Tensor) -> torch.Tensor | list[torch.Tensor]:
        """Return what the network gives for pixels (b, 3, size, size) float32."""
        found = self.session.run(None, {"pixels": np.ascontiguousarray(pixels.numpy(), dtype=np.float32)})
        maps = [torch.from_numpy(one) for one in found]
        return maps if self.several else maps[0]
