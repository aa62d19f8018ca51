"""Networks tuned on some works of a collection: trained once for all experiments that share a ``--work``."""

import hashlib
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from artgraph.descriptors.tuning import TuningConfig, train_descriptor
from artgraph.descriptors.tuning.network import Start
from artgraph.vgae.checks import codes_of
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
        Weights and facts are kept in ``tuned`` in it.
    name : str
        Of the file, and unique for what is tuned.
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
    folder, config = Path(work) / "tuned", TuningConfig(**settings)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name.replace(', ', '-').replace(' ', '-')}.safetensors"

    def one():
        started = time.perf_counter()
        start = Start(backbone, weights=next(Path(weights).glob(f"{backbone}*.safetensors")), size=config.size)
        codes = None if hands is None else codes_of(np.array(hands, dtype=object), len(paths))
        done = train_descriptor(list(paths), start, hands=codes, config=config, workers=1, tell=print)
        save_file(done.state, file)
        return done.facts | {"history": done.history, "seconds": round(time.perf_counter() - started)}

    shown = hashlib.sha256("\n".join(Path(path).name for path in paths).encode()).hexdigest()
    return file, Keep(folder)(f"tuned {name}", one, of=[asdict(config), backbone, shown])
