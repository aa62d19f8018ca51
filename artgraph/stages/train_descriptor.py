"""Pictures and their artists become a network that sees manners."""

from artgraph.stages.base import draw_facts, make

__all__ = ["diagnose_descriptor", "is_tuned", "train_descriptor", "tuned_descriptor"]

FUNCTION = "artgraph.descriptors.tuning.train_descriptor"


def train_descriptor(
    corpus,
    *,
    backbone="artgraph_eye",
    objective="artist",
    augment="curated",
    name="mine",
    weights=None,
    from_scratch=False,
    reproduction=True,
    subject=None,
    steps=None,
    size=None,
    artists_per_batch=24,
    works_per_artist=4,
    checkpointing=False,
    workers=2,
    seed=0,
    device="auto",
    tell=lambda text: None,
    progress=None,
):
    """Tune a network on the collection itself; ``describe`` then knows it by its name.

    Which step is kept is decided by artists whose names were held out: how well their hands are told apart. Style is
    never asked. Killed and started again, it goes on where it was.

    Parameters
    ----------
    corpus : Corpus
    backbone : str
        Any timm network that takes square pictures, or ``artgraph_eye``, which comes with artgraph.
    objective : {"artist", "simclr", "both"}
        See ``artgraph.descriptors.tuning.TuningConfig``.
    augment : {"curated", "usual"}
        What cut-outs may lose: see ``artgraph.descriptors.tuning.augment``.
    name : str
        Key of the model, and of the descriptor.
    weights : str, Path or sequence of them, optional
        What the network starts from: see ``artgraph.descriptors.make_descriptor``. Default: timm's, from the hub.
    from_scratch : bool
        Start from random numbers.
    reproduction : bool
        Vary what belongs to the scan: cast, grey, resolution, JPEG.
    subject : str, optional
        A column of the table: works that are told apart show the same, wherever enough artists have painted it.
    steps : int, optional
        Default: 480, fewer for few works; from scratch 5,000.
    size : int, optional
        Side of a cut-out, pixels; default: what the network was trained on.
    artists_per_batch, works_per_artist : int
        Of a step.
    checkpointing : bool
        Half the memory, a third more time.
    workers : int
        Decoding threads.
    seed : int
    device : {"auto", "cpu", "cuda"}
    tell : callable(str), optional
        Is told how long it will take, before it starts.
    progress : callable(stage, done, total), optional

    Returns
    -------
    Made
        Its facts hold the settings, the kept step, how well held-out hands were told apart before and after, and the
        history.

    Raises
    ------
    InputError
        The name of a descriptor, too few artists, a column that is not there, or settings out of range.
    WeightsError
        The weights of the network cannot be had.
    """
    from artgraph.descriptors import DESCRIPTORS
    from artgraph.descriptors.registry import weights_for
    from artgraph.descriptors.tuning import TuningConfig
    from artgraph.descriptors.tuning.network import Start
    from artgraph.descriptors.tuning.train import train_descriptor
    from artgraph.errors import InputError
    from artgraph.learning.artists import artist_codes
    from artgraph.learning.checkpoint import Checkpoint
    from artgraph.learning.device import pick_device
    from artgraph.stages.judging import hands_of

    if name in DESCRIPTORS:
        raise InputError(f"'{name}' is a descriptor already; give yours another --name")
    settings = {"objective": objective, "augment": augment, "reproduction": reproduction, "from_scratch": from_scratch}
    settings |= {"steps": steps, "size": size, "artists_per_batch": artists_per_batch, "checkpointing": checkpointing}
    settings |= {"works_per_artist": works_per_artist, "seed": seed}
    config, device = TuningConfig(**settings), pick_device(device)
    file = None if from_scratch else weights_for(backbone, weights or ())
    start = Start(backbone, weights=file, from_scratch=from_scratch, size=size)
    params = {**start.params, **settings, "subject": subject}
    refs = ["paintings/image_sha256"]
    if objective != "simclr":
        refs.append("paintings/artist")
    if subject is not None:
        if subject not in corpus.paintings:
            raise InputError(f"{corpus.path} has no column '{subject}' (there are: {', '.join(corpus.paintings)})")
        refs.append(f"paintings/{subject}")

    def fit():
        file = corpus.path / "models" / f".training-{name}.safetensors"
        checkpoint = Checkpoint(file, made_from=[params, corpus.inputs(*refs)])
        tuned = train_descriptor(
            [corpus.image_root / image for image in corpus.paintings["image"]],
            start,
            artists=None if objective == "simclr" else artist_codes(hands_of(corpus), len(corpus)),
            subjects=None if subject is None else artist_codes(_words(corpus.paintings[subject]), len(corpus)),
            config=config,
            device=device,
            workers=workers,
            tell=tell,
            progress=None if progress is None else lambda done, total: progress("train-descriptor", done, total),
            resume=checkpoint.read(),
            checkpoint=checkpoint.write_later,
        )
        checkpoint.remove()
        return {"": tuned.state}, {**tuned.facts, **start.params, "history": tuned.history}

    return make(corpus, "models", name, function=FUNCTION, params=params, refs=refs, compute=fit)


def _words(column):
    return [None if value is None or value != value else str(value) for value in column]


def is_tuned(corpus, name):
    """Return whether a corpus has a descriptor of this name that ``train_descriptor`` trained (bool)."""
    if ":" in name or not corpus.has("models", name):
        return False
    return corpus.label("models", name)["made_by"]["function"] == FUNCTION


def tuned_descriptor(corpus, name, *, device="cpu"):
    """Return the descriptor (Tuned) that was trained in a corpus under a name.

    Parameters
    ----------
    corpus : Corpus
    name : str
    device : str
    """
    from artgraph.descriptors.tuning import Tuned

    label = corpus.label("models", name)
    return Tuned(
        name=name,
        state=corpus.get("models", name),
        backbone=label["facts"]["backbone"],
        model_sha256=label["sha256"],
        device=device,
    )


def diagnose_descriptor(corpus, *, name="mine", out=None):
    """Draw how a tuning went: terms of the loss, hands of held-out artists.

    Parameters
    ----------
    corpus : Corpus
    name : str
        Key of the model.
    out : str or Path, optional
        Default: ``plots/<name>.png`` in the corpus.

    Returns
    -------
    Made
        ``key`` is the path of the plot; the facts are those of the model.
    """
    from artgraph.plots.training import plot_training

    return draw_facts(corpus, "models", name, plot=plot_training, out=out)
