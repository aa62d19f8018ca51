"""Pictures and their artists become a network that tells manners apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgraph.errors import InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import Made, Progress, catalogue_of, columns, make, progress_of
from artgraph.stages.pictures import check_originals, need_pictures

if TYPE_CHECKING:
    from artgraph.corpus import Corpus
    from artgraph.descriptors.tuning import Tuned

__all__ = ["is_tuned", "train_descriptor", "tuned_descriptor"]


def train_descriptor(
    corpus: Corpus,
    *,
    backbone: str = "artgraph_eye",
    name: str = "mine",
    weights: str | Path | Sequence[str | Path] | None = None,
    subject: str | None = None,
    workers: int = 2,
    device: str = "auto",
    tell: Callable[[str], None] = lambda text: None,
    progress: Progress = None,
    **settings: Any,
) -> Made:
    """Tune a network on the collection itself; ``describe`` then takes it by its name.

    Which step is kept is decided by artists whose names were held out: how well they are told apart. No style label is
    read. Killed and started again, it resumes from its last checkpoint.

    Parameters
    ----------
    corpus
    backbone : Any timm network that takes square pictures, or ``artgraph_eye``, which comes with artgraph.
    name : Key of the model, and of the descriptor.
    weights : What the network starts from: see ``artgraph.descriptors.make_descriptor``. Default: timm's, from the hub.
    subject : str, optional
        A column of the table: works that are contrasted show the same subject, wherever enough artists have painted it.
    workers : Decoding threads.
    device : {"auto", "cpu", "cuda"}
    tell : callable(str); is given a line on how long it will take, before it starts.
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.descriptors.tuning.TuningConfig``.

    Returns
    -------
    Made
        Its facts hold the settings, the kept step, how well held-out artists were told apart before and after, and the
        history.

    Raises
    ------
    InputError
        The name of a descriptor, too few artists, a column that is not there, or settings out of range.
    WeightsError
        The weights of the network cannot be had.
    """
    import torch

    from artgraph.descriptors import DESCRIPTORS
    from artgraph.descriptors.registry import weights_for
    from artgraph.descriptors.tuning import TuningConfig
    from artgraph.descriptors.tuning.network import Start
    from artgraph.descriptors.tuning.train import train_descriptor
    from artgraph.learning.artists import artist_codes
    from artgraph.learning.checkpoint import Checkpoint
    from artgraph.learning.device import pick_device

    need_pictures(corpus, "train-descriptor")
    if name in DESCRIPTORS:
        raise InputError(f"'{name}' is a descriptor already; give yours another --name")
    config, device = TuningConfig.of(settings), pick_device(device)
    file = None if config.from_scratch else weights_for(backbone, weights or ())
    start = Start(backbone, weights=file, from_scratch=config.from_scratch, size=config.size)
    catalogue, by_name = catalogue_of(corpus), config.objective != "simclr"
    subjects = None if subject is None else artist_codes(_words(catalogue.column(subject)), len(corpus))
    params = {**start.params, **config.params(), "subject": subject}
    inputs = columns("image_sha256", *["artist"] * by_name, *([subject] if subject else []))

    def compute() -> tuple[dict, dict]:
        check_originals(corpus)
        checkpoint = Checkpoint(
            corpus.path / "models" / f".training-{name}.safetensors",
            made_from=[params, Lineage(corpus).inputs(inputs)],
        )
        tuned = train_descriptor(
            [corpus.image_root / image for image in corpus.paintings["image"]],
            start,
            artists=artist_codes(catalogue.artists, len(corpus)) if by_name else None,
            subjects=subjects,
            config=config,
            device=device,
            workers=workers,
            tell=tell,
            progress=progress_of(progress, "train-descriptor"),
            resume=checkpoint.read(),
            checkpoint=checkpoint.write_later,
        )
        checkpoint.remove()
        return {"": tuned.state}, {**tuned.facts, **start.params, "history": tuned.history}

    return make(
        corpus,
        "train_descriptor",
        Ref("models", name),
        params=params,
        inputs=inputs,
        compute=compute,
        threads=torch.get_num_threads(),
    )


def _words(column: list[Any]) -> list[str | None]:
    return [None if value is None else str(value) for value in column]


def is_tuned(corpus: Corpus, name: str) -> bool:
    """Return whether a corpus has a descriptor of this name that ``train_descriptor`` trained."""
    ref = Ref("models", name)
    return ref.key in corpus.keys(ref.kind) and Lineage(corpus).stage(ref) == "train_descriptor"


def tuned_descriptor(corpus: Corpus, name: str, *, device: str = "cpu", runtime: str = "torch") -> Tuned:
    """Return the descriptor that was trained in a corpus under a name.

    Parameters
    ----------
    corpus, name, device
    runtime : As for ``Pooled``.
    """
    from artgraph.descriptors.tuning import Tuned

    label = corpus.label("models", name)
    return Tuned(
        name=name,
        state=corpus.get("models", name),
        backbone=label["facts"]["backbone"],
        model_sha256=label["sha256"],
        device=device,
        runtime=runtime,
    )
