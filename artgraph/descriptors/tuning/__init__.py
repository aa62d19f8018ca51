"""Tuning a network on a collection, so that its features follow manner more and motif less.

Read ``config`` for what can be chosen and why, ``augment`` for the changes that leave the style of a picture as it is,
``loader`` for the batches, ``train`` for how. Artists whose names were held out decide which step is kept.

Names are loaded when they are first used, so that ``TuningConfig`` costs no torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={"config": ["TuningConfig"], "descriptor": ["Tuned"], "train": ["Tuning", "train_descriptor"]},
)
