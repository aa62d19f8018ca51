"""artgraph as a scikit-learn estimator: vectors, or a folder of pictures, in; clusters out.

``clusters`` holds the class, ``fitting`` what it does with vectors, ``placing`` how works that come later are placed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"clusters": ["StyleClusters"]})
