"""artgraph groups paintings by style, without labels.

Import what you need; nothing heavy is loaded before it is used::

    from artgraph import Corpus, pipeline                 # the stages, as the command line runs them
    from artgraph import StyleClusters                    # the same as a scikit-learn estimator
    from artgraph.graph import jaccard_weights, knn       # the science, arrays in, arrays out
"""

import importlib

__version__ = "0.1.0"

__all__ = [
    "Corpus", "StyleClusters", "__version__", "atlas", "communities", "descriptors", "errors", "estimator",
    "evaluation", "export", "graph", "images", "ingest", "layouts", "pipeline", "testing", "vgae", "widget",
]  # fmt: skip

_CLASSES = {"Corpus": "artgraph.corpus", "StyleClusters": "artgraph.estimator"}


def __getattr__(name: str) -> object:
    if name in _CLASSES:
        return getattr(importlib.import_module(_CLASSES[name]), name)
    if name in __all__:
        return importlib.import_module(f"artgraph.{name}")
    raise AttributeError(f"module 'artgraph' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
