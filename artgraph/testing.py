"""Toy corpora and tiny graphs, for our tests and for those of programs that build on artgraph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from PIL import Image
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from artgraph.corpus import Corpus

__all__ = ["toy_adjacency", "toy_corpus", "toy_features", "toy_pictures"]


def toy_pictures(folder: str | Path, *, n: int = 12, styles: int = 3, size: int = 64, seed: int = 0) -> Path:
    """Write pictures in a few plain manners, and a spreadsheet, into a folder, and return the spreadsheet's path.

    Manner k is stripes of its own colour, direction and width; noise tells the works of a manner apart. Two artists
    work in each manner. The columns of ``metadata.csv`` are path, artist, title, date, style.

    Parameters
    ----------
    folder, seed
    n, styles, size : pictures, manners, side in pixels.
    """
    folder = Path(folder)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    rows = []
    for i in range(n):
        style = i % styles
        angle, width = np.pi * style / styles, 4 + 3 * style
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) / width + rng.uniform(0, 6)) > 0
        colour = np.array([[200, 40, 40], [40, 160, 60], [40, 60, 200], [200, 180, 40]])[style % 4]
        picture = wave[..., None] * colour + rng.integers(0, 40, (size, size, 3))
        name, artist = f"images/{i:03d}.png", f"Artist {style}{'ab'[i // styles % 2]}"
        Image.fromarray(picture.astype(np.uint8)).save(folder / name)
        rows.append([name, artist, f"Stripes {i}", str(1900 + i), f"manner {style}"])
    table = pd.DataFrame(rows, columns=["path", "artist", "title", "date", "style"])
    table.to_csv(folder / "metadata.csv", index=False)
    return folder / "metadata.csv"


def toy_corpus(folder: str | Path, *, n: int = 12, styles: int = 3, seed: int = 0) -> Corpus:
    """Make a corpus of ``toy_pictures``; they lie in ``folder/pictures``, the corpus in ``folder/corpus``.

    Parameters
    ----------
    folder, n, styles, seed : as of ``toy_pictures``.
    """
    from artgraph.pipeline import ingest

    metadata = toy_pictures(Path(folder) / "pictures", n=n, styles=styles, seed=seed)
    return ingest(metadata.parent, Path(folder) / "corpus", metadata=metadata)


def toy_features(
    n: int = 60, *, n_groups: int = 3, d: int = 8, spread: float = 0.3, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw features in well separated groups: X, (n, d) float32, read-only, and the groups, (n,) int.

    Parameters
    ----------
    n, d, n_groups, seed : rows, columns and groups; group g lies around the g-th axis.
    spread : standard deviation around the middle of a group; the middles are √2 apart.
    """
    rng = np.random.default_rng(seed)
    groups = np.arange(n) % n_groups
    X = (np.eye(max(d, n_groups))[groups][:, :d] + spread * rng.standard_normal((n, d))).astype(np.float32)
    X.flags.writeable = False
    return X, groups


def toy_adjacency(name: str = "two triangles") -> csr_matrix:
    """Return a tiny graph, (n, n) symmetric float32, whose communities are plain to see.

    By ``name``, "two triangles": joined by one weak edge; "path": of four nodes; "isolated": a triangle and two nodes
    without edges; "empty": no nodes; "single": one node.
    """
    edges = {
        "two triangles": (6, [(0, 1, 1), (1, 2, 1), (0, 2, 1), (3, 4, 1), (4, 5, 1), (3, 5, 1), (2, 3, 0.1)]),
        "path": (4, [(0, 1, 1), (1, 2, 1), (2, 3, 1)]),
        "isolated": (5, [(0, 1, 1), (1, 2, 1), (0, 2, 1)]),
        "empty": (0, []),
        "single": (1, []),
    }
    n, listed = edges[name]
    if not listed:
        return csr_matrix((n, n), dtype=np.float32)
    source, target, weight = map(np.array, zip(*listed, strict=True))
    half = csr_matrix((weight.astype(np.float32), (source, target)), shape=(n, n))
    return (half + half.T).tocsr()
