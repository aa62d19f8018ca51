"""Networks tuned on some works of a collection: trained once for all experiments that share a ``--work``."""

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.torch import save_file

from artgraph.descriptors.registry import weights_for
from artgraph.descriptors.tuning import TuningConfig, train_descriptor
from artgraph.descriptors.tuning.network import Start
from artgraph.learning.artists import artist_codes
from experiments.common import Keep

__all__ = ["named", "tuned"]


def named(way, split, steps=None):
    """Return what a tuning in one way on one half is called (str); None: the steps that are the default."""
    return f"{way}, {split}" + (f", {steps} steps" if steps else "")


def tuned(work, name, paths, *, weights, backbone, hands=None, **settings):
    """Tune a network on pictures.

    Parameters
    ----------
    work : Path
        Weights, and the facts beside them, are kept in ``tuned`` in it.
    name : str
        What is printed when it is done.
    paths : (n,) sequence of Path
    weights : Path
        Folder of safetensors files.
    backbone : str
    hands : (n,) sequence of str or None, optional
        Under which names works may be linked; None: no names.
    **settings
        Of ``TuningConfig``.

    Returns
    -------
    (file, facts) : Path, and what ``Tuning`` has as facts, with history and seconds (dict)
    """
    keep, config = Keep(Path(work) / "tuned"), TuningConfig(**settings)
    start = Start(backbone, weights=weights_for(backbone, weights), size=config.size)
    shown = hashlib.sha256("\n".join(Path(path).name for path in paths).encode()).hexdigest()

    def learn(file):
        started = time.perf_counter()
        codes = None if hands is None else artist_codes(np.array(hands, dtype=object), len(paths))
        done = train_descriptor(list(paths), start, artists=codes, config=config, workers=1, tell=print)
        facts = done.facts | {"history": done.history, "seconds": round(time.perf_counter() - started)}
        save_file(done.state, file, metadata={"facts": json.dumps(facts)})

    file = keep.file(f"tuned {name}", learn, ending="safetensors", of=[asdict(config), start.params, shown])
    with safe_open(file, "pt") as kept:
        return file, json.loads(kept.metadata()["facts"])
