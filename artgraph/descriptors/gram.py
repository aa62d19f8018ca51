"""Gram matrices of intermediate layers: which filters fire together, wherever they fire."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from artgraph.descriptors import lite as packaged_network
from artgraph.descriptors.backbones import CLASS_TOKEN, load_backbone
from artgraph.descriptors.base import Descriptor
from artgraph.descriptors.runtime import check_runtime, run_by, runtime_params
from artgraph.errors import InputError

__all__ = ["STATISTICS", "Gram", "gram_vectors", "lite", "moment_vectors", "principal_components", "sketch_buckets"]

AT_ONCE = 4  # pictures that a network without large matrices sees at once on a CPU: its maps then stay in the cache
MAX_WIDE = 65536  # entries of one layer's Gram matrix that are kept as they are; more are hashed down to this many


def gram_vectors(activations: torch.Tensor) -> torch.Tensor:
    """Return the normalised Gram matrices of ``activations``, (b, c, h, w), as vectors, (b, c (c + 1) / 2) float32.

    G = F Fᵀ / (c · h · w) with F (c, h·w); its upper triangle, off-diagonal entries times √2 (so that the vector's dot
    product is the matrices'), signed square root, length 1 (or 0 where nothing fired). Gatys, Ecker and Bethge 2016
    (doi:10.1109/CVPR.2016.265). The signed square root, which keeps a few loud filters from deciding everything, is
    from Perronnin et al. 2010 (doi:10.1007/978-3-642-15561-1_11).

    Examples
    --------
    Two filters at two positions, F = [[3, 0], [0, 4]]: G = diag(9, 16) / 4, square roots 1.5, 0, 2, length 2.5.

    >>> gram_vectors(torch.tensor([[[[3.0, 0.0]], [[0.0, 4.0]]]]))
    tensor([[0.6000, 0.0000, 0.8000]])
    """
    b, c, h, w = activations.shape
    flat = activations.reshape(b, c, h * w).float()
    gram = flat @ flat.transpose(1, 2) / (c * h * w)  # (b, c, c)
    row, column = torch.triu_indices(c, c, device=gram.device)
    vector = gram[:, row, column]  # (b, c (c + 1) / 2)
    vector = vector * torch.where(row == column, 1.0, 2.0**0.5)
    return _rooted(vector)


def _rooted(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors.sign() * vectors.abs().sqrt(), dim=1)


def moment_vectors(activations: torch.Tensor) -> torch.Tensor:
    """Return channel means and standard deviations of ``activations``, (b, c, h, w), as vectors, (b, 2 c) float32.

    Signed square root and length 1 (or 0), as in ``gram_vectors``; cheaper than it. Huang and Belongie 2017 (arXiv
    1703.06868) transfer a style with these alone.

    Examples
    --------
    One filter that gives 0 and 8: mean 4, deviation 4, roots 2 and 2.

    >>> moment_vectors(torch.tensor([[[[0.0, 8.0]]]]))
    tensor([[0.7071, 0.7071]])
    """
    flat = activations.flatten(2).float()  # (b, c, h·w)
    return _rooted(torch.cat([flat.mean(dim=2), flat.std(dim=2, correction=0)], dim=1))  # (b, 2 c)


def sketch_buckets(
    length: int, *, buckets: int = MAX_WIDE, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor] | tuple[None, None]:
    """Return a count sketch: for each entry the bucket it is added to and its sign; (None, None) if nothing to hash.

    Dot products are kept in expectation, with a variance of about 2 / buckets for unit vectors (Charikar, Chen and
    Farach-Colton 2002, doi:10.1016/S0304-3975(03)00400-6).

    Parameters
    ----------
    length, buckets, seed : Entries of a vector, buckets to hash them into, and the seed of the sketch.
    """
    if length <= buckets:
        return None, None
    rng = np.random.default_rng(seed)
    bucket = rng.permutation(np.arange(length) % buckets)
    return torch.from_numpy(bucket), torch.from_numpy(rng.choice([-1.0, 1.0], length).astype(np.float32))


#: What is kept of a layer: the function from activations (b, c, h, w) to vectors, and its width for c channels.
STATISTICS = {
    "gram": (gram_vectors, lambda channels: channels * (channels + 1) // 2),
    "moments": (moment_vectors, lambda channels: 2 * channels),
}


class Gram(Descriptor):
    """Gram matrices of intermediate layers of a timm network, reduced by a PCA learned on the corpus.

    Parameters
    ----------
    name : "gram", the whole Gram matrix; or "moments", each channel's mean and standard deviation alone.
    backbone : Any timm network that gives feature maps, vision transformers among them.
    layers, weights : See ``load_backbone``. Of a class token, signed square root and length 1 are kept, by "moments".
    components : Stored dimensions per layer, at most.
    size : Side of the square centre crop, pixels.
    device : A torch device.
    runtime : "torch" or "onnxruntime"; see ``artgraph.descriptors.runtime``.
    """

    learns_from = None

    def __init__(
        self,
        *,
        name: str = "gram",
        backbone: str = "resnet50",
        layers: Sequence[str | int] | None = None,
        weights: str | Path | None = None,
        components: int = 256,
        size: int = 224,
        device: str = "cpu",
        runtime: str = "torch",
    ) -> None:
        if name not in STATISTICS:
            raise InputError(f"There is no statistic '{name}' (there are: {', '.join(STATISTICS)})")
        self.name = name
        self.statistic, width = STATISTICS[name]
        self.source = load_backbone(backbone, weights=weights, layers=layers, class_tokens=name == "moments", size=size)
        self.tokens = [layer.endswith(CLASS_TOKEN) for layer in self.source.layers]
        self.widths = [
            channels if token else width(channels)
            for channels, token in zip(self.source.channels, self.tokens, strict=True)
        ]
        self.components, self.size, self.device = components, size, device
        self.runtime = check_runtime(runtime, device)
        self.network = None

    def params(self) -> dict[str, Any]:
        params = {"descriptor": self.name, **self.source.params(), "components": self.components, "size": self.size}
        return {**params, **runtime_params(self.runtime)}

    def load(self) -> None:
        if self.network is None:
            network = self.source.network().to(self.device, memory_format=torch.channels_last)
            self.network = run_by(self.runtime, network, size=self.size)
            self.sketches = [sketch_buckets(width) for width in self.widths]

    @torch.inference_mode()
    def embed(self, batch: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(batch).to(self.device, non_blocking=True).permute(0, 3, 1, 2).float()  # (b, 3, h, w)
        pixels = self.source.normalise(pixels)
        on_gpu = str(self.device).startswith("cuda")
        few = len(pixels) if on_gpu or self.name == "gram" else AT_ONCE
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=on_gpu):
            found = [self._vectors(some.contiguous(memory_format=torch.channels_last)) for some in pixels.split(few)]
        return torch.cat(found).half().cpu().numpy()  # (b, wide)

    def _vectors(self, pixels: torch.Tensor) -> torch.Tensor:
        maps, blocks = self.network(pixels), []
        for activations, token, (bucket, sign) in zip(maps, self.tokens, self.sketches, strict=True):
            vector = _rooted(activations.flatten(1).float()) if token else self.statistic(activations)
            if bucket is not None:
                hashed = torch.zeros(len(vector), MAX_WIDE, device=vector.device)
                vector = hashed.index_add_(1, bucket.to(vector.device), vector * sign.to(vector.device))
            blocks.append(vector)
        return torch.cat(blocks, dim=1)

    def fit(self, sample: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
        fitted = {}
        for position, layer in enumerate(self.source.layers):
            blocks = _Column(sample, lambda wide, position=position: self._blocks(wide)[position])
            mean, components, scale = principal_components(blocks, self.components)
            fitted |= {f"{layer}.mean": mean, f"{layer}.components": components, f"{layer}.scale": scale}
        return fitted

    def reduce(self, wide: np.ndarray, fitted: Mapping[str, np.ndarray]) -> np.ndarray:
        features = []
        for layer, block in zip(self.source.layers, self._blocks(wide), strict=True):
            centred = torch.from_numpy(block).float() - torch.from_numpy(fitted[f"{layer}.mean"])
            reduced = centred @ torch.from_numpy(fitted[f"{layer}.components"]).float()  # (b, components)
            features.append(reduced.numpy() / fitted[f"{layer}.scale"])
        return np.concatenate(features, axis=1)

    def _blocks(self, wide: np.ndarray) -> list[np.ndarray]:
        widths = [min(width, MAX_WIDE) for width in self.widths]
        return np.split(wide, np.cumsum(widths)[:-1], axis=1)


def lite(
    *, layers: Sequence[str | int] | None = None, size: int = 224, device: str = "cpu", runtime: str = "torch"
) -> Gram:
    """Return ``moments`` of EfficientNet-Lite0, whose weights come in a package: nothing to download.

    Parameters
    ----------
    layers, size, device, runtime : See ``Gram``.
    """
    network = {"backbone": packaged_network.BACKBONE, "layers": layers, "size": size}
    return Gram(name="moments", **network, device=device, runtime=runtime)


class _Column:
    """One layer's part of every block of a sample, as often as it is iterated."""

    def __init__(self, sample: Iterable[np.ndarray], take: Callable[[np.ndarray], np.ndarray]) -> None:
        self.sample, self.take = sample, take

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.take(block) for block in self.sample)


def principal_components(
    blocks: Iterable[np.ndarray], components: int, *, oversample: int = 32, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the main directions of more rows than fit into memory, by randomised subspace iteration.

    Halko, Martinsson and Tropp 2011 (doi:10.1137/090771806), algorithm 4.3 with one power iteration.

    Parameters
    ----------
    blocks : Of (b, m) floats, gone through three times. All rows of a corpus, where they can be had: a basis learned on
        some of the rows keeps more of those than of the others, which makes them look farther apart.
    components : Directions kept, at most.
    oversample, seed : Directions tried beyond those kept, and the seed of the random ones.

    Returns
    -------
    mean : (m,) float32
    basis : (m, k) float16, orthonormal columns, k = min(components, rows - 1, m), at least 1; the largest entry of each
        is positive.
    scale : (1,) float32; root mean square length of the reduced rows.
    """
    n, total = 0, 0.0
    for block in blocks:
        n, total = n + len(block), total + block.sum(axis=0, dtype=np.float64)
    mean = torch.from_numpy((total / n).astype(np.float32))

    def centred() -> Iterator[torch.Tensor]:
        return (torch.from_numpy(block).float() - mean for block in blocks)

    k = max(1, min(components, n - 1, len(mean)))
    width = min(k + oversample, len(mean))
    basis = torch.randn(len(mean), width, generator=torch.Generator().manual_seed(seed))
    basis = torch.linalg.qr(sum(rows.T @ (rows @ basis) for rows in centred())).Q  # (m, width)
    spread = torch.zeros(width, width, dtype=torch.float64)
    for rows in centred():
        reduced = rows @ basis
        spread += (reduced.T @ reduced).double()
    values, vectors = torch.linalg.eigh(spread)
    basis = basis @ vectors.flip(1)[:, :k].float()  # (m, k), most variance first
    basis *= torch.where(basis.gather(0, basis.abs().argmax(dim=0, keepdim=True)) < 0, -1.0, 1.0)
    scale = (values.flip(0)[:k].clamp_min(0).sum() / n).sqrt().clamp_min(1e-6).float().reshape(1)
    return mean.numpy(), basis.half().numpy(), scale.numpy()
