"""Descriptors by name; the networks are imported when one is made."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from artgraph.checks import check_choice
from artgraph.descriptors.base import Descriptor
from artgraph.errors import InputError, WeightsError

__all__ = ["DESCRIPTORS", "PACKAGED", "WEIGHTS", "make_descriptor", "refuse_unused", "weights_for"]

_HOMES = {  # module, what makes the descriptor, and what it is given beside the options
    "clip": ("pooled", "Pooled", {"name": "clip", "backbone": "vit_large_patch14_clip_quickgelu_224.openai"}),
    "cnn": ("pooled", "Pooled", {"name": "cnn"}),
    "color": ("color", "Color", {}),
    "csd": ("csd", "Csd", {}),
    "eye": ("eye", "eye", {}),
    "gram": ("gram", "Gram", {}),
    "lite": ("gram", "lite", {}),
    "moments": ("gram", "Gram", {"name": "moments"}),
    "openclip": ("openclip", "Openclip", {}),
    "patches": ("patches", "Patches", {}),
    "texture": ("texture", "Texture", {}),
}


#: Networks whose weights come with artgraph, or in a package that it depends on: no file is named for them.
PACKAGED = ("artgraph_eye", "tf_efficientnet_lite0")

#: What a descriptor weighs where several are joined, if not 1; cosines go by the squares. ``eye``: by the retrieval of
#: artists that it never saw (``experiments/teach_the_eye.py``); ``date``: period is not to decide over look.
WEIGHTS = {"eye": 0.5, "date": 0.35}

# options, and a descriptor that each is for
_FOR = dict.fromkeys(("backbone", "layers", "weights", "size", "runtime"), "gram") | {
    "tiles": "csd",
    "window_cm": "patches",
}


class _Descriptors(Mapping):
    """What makes each descriptor, by name; imported when it is looked up."""

    def __getitem__(self, name: str) -> Callable[..., Descriptor]:
        module, maker, preset = _HOMES[name]
        made = getattr(importlib.import_module(f"artgraph.descriptors.{module}"), maker)
        return partial(made, **preset) if preset else made

    def __iter__(self) -> Iterator[str]:
        return iter(_HOMES)

    def __len__(self) -> int:
        return len(_HOMES)


DESCRIPTORS = _Descriptors()


def make_descriptor(
    spec: str, *, weights: str | Path | Sequence[str | Path] = (), ignore_color: bool = False, **options: Any
) -> Descriptor:
    """Make a descriptor from its name, with those of the options that it takes.

    Its ``key`` is the name that its features go by.

    Parameters
    ----------
    spec : A key of ``DESCRIPTORS``, or ``name:backbone`` such as ``gram:resnet18``, whose features are then kept under
        ``name-backbone``; so two networks can be used side by side.
    weights : See ``weights_for``.
    ignore_color : Show it every picture in grey; its key then ends in ``-grey``.
    **options : Such as ``backbone``, ``layers``, ``device``; a descriptor takes those that it has.
    """
    name, _, backbone = spec.partition(":")
    check_choice("descriptor", name, DESCRIPTORS)
    make = DESCRIPTORS[name]
    known = inspect.signature(make).parameters
    if backbone:
        if "backbone" not in known:
            raise InputError(f"'{name}' has no network to choose; write '{name}'")
        options["backbone"] = backbone
    given = {key: value for key, value in options.items() if key in known}
    if "weights" in known:
        default = known["backbone"].default if "backbone" in known else name
        given["weights"] = weights_for(given.get("backbone", default), weights, fetch=getattr(make, "fetch", None))
    descriptor = make(**given)
    descriptor.key = f"{name}-{backbone}".lower().replace(".", "-") if backbone else name
    if ignore_color:
        from artgraph.descriptors.grey import Grey

        return Grey(descriptor)
    return descriptor


def refuse_unused(specs: Sequence[str | Descriptor], options: Mapping[str, Any]) -> None:
    """Refuse, by an InputError, an option that no descriptor would use.

    Parameters
    ----------
    specs : As for ``make_descriptor``. Where one is made already, or is none of ours, all is accepted: it may be used.
    options : Of these, ``backbone``, ``layers``, ``weights``, ``size``, ``runtime``, ``tiles`` and ``window_cm`` are
        looked at, where they are set.
    """
    names = [spec.partition(":")[0] if isinstance(spec, str) else None for spec in specs]
    if not set(names) <= set(DESCRIPTORS):
        return
    known = [inspect.signature(DESCRIPTORS[name]).parameters for name in names]
    for option, descriptor in _FOR.items():
        if options.get(option) and not any(option in one for one in known):
            raise InputError(
                f"--{option.replace('_', '-')} is of no use to {', '.join(specs)}; name a descriptor that it is for, "
                f"such as --with {descriptor}"
            )


def weights_for(backbone: str, weights: str | Path | Sequence[str | Path], *, fetch: str | None = None) -> Path | None:
    """Return the file among ``weights`` that is for this network, or None.

    Parameters
    ----------
    backbone : Name of the network.
    weights : Each a file; ``backbone=file``; or a folder, in which ``<backbone>*.safetensors`` is looked for (none or
        several: a WeightsError). A file without a name is for every network that has none named, but for those whose
        weights come in a package.
    fetch : What a message advises where a folder has none.
    """
    listed = [weights] if isinstance(weights, (str, Path)) else list(weights)
    named = dict(str(entry).split("=", 1) for entry in listed if "=" in str(entry))
    if backbone in named:
        return Path(named[backbone])
    packaged = backbone in PACKAGED and backbone != "artgraph_eye"  # who names a file with that one means it
    for entry in (Path(entry) for entry in listed if "=" not in str(entry)):
        if not entry.is_dir():
            if packaged:
                continue
            return entry
        found = sorted(entry.glob(f"{backbone}*.safetensors"))
        if len(found) > 1:
            raise WeightsError(f"{entry} has several files for '{backbone}': {', '.join(file.name for file in found)}")
        if found:
            return found[0]
    folders = [str(entry) for entry in listed if Path(entry).is_dir()]
    if folders and not packaged:
        advice = fetch or f"Name one with --weights {backbone}=FILE."
        raise WeightsError(f"{', '.join(folders)} has no file {backbone}*.safetensors. {advice}")
    return None
