"""A variational graph autoencoder (Kipf and Welling 2016, arXiv 1611.07308) that learns style from artists' names.

Read ``config`` for what can be chosen and why, ``model`` and ``encoders`` for the model, ``losses`` for the objective,
``training`` for how. Names are loaded when they are first used, so that ``Config`` costs no torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config"],
        "model": ["VGAE"],
        "refine": ["encode", "refine"],
        "training": ["Trained", "train_vgae"],
        "edges": ["hold_out_edges"],
    },
)
