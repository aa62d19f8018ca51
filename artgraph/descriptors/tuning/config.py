"""Everything that a tuned network depends on besides the pictures and their artists; each value with its reason."""

from dataclasses import dataclass

from artgraph.settings import Settings, setting

__all__ = ["AUGMENTATIONS", "OBJECTIVES", "TuningConfig"]

AUGMENTATIONS = ("curated", "usual")
OBJECTIVES = ("artist", "simclr", "both")


@dataclass(frozen=True)
class TuningConfig(Settings):
    """The settings of a tuning; ``objective`` is one of:

    - ``artist``: works by one artist come together, others part (Khosla et al. 2020, arXiv 2004.11362), and each goes
      to its artist's proxy (Zhai and Wu 2019, arXiv 1811.12649).
    - ``simclr``: two cut-outs of one picture come together, of others part (NT-Xent; Chen et al. 2020, arXiv
      2002.05709): needs no names.
    - ``both``: the sum.
    """

    objective: str = setting(
        "artist",
        "Bring works by one artist together, or cut-outs of one picture (needs no names), or both.",
        choices=OBJECTIVES,
    )
    augment: str = setting(
        "curated", "How a cut-out is changed; 'usual' changes colours and sharpness, too.", choices=AUGMENTATIONS
    )
    reproduction: bool = setting(True, "Vary what belongs to the scan: cast, grey, resolution, JPEG.")
    from_scratch: bool = setting(False, "Start from random weights.")
    steps: int | None = setting(None, "Default: 480, from scratch 5000; fewer for few works.", least=1)
    size: int | None = setting(None, "Side of a cut-out, pixels; default: the network's own.", least=32)
    artists_per_batch: int = setting(24, "Artists in a step.", least=2)
    works_per_artist: int = setting(4, "Works of each; different ones: manner is what two works share.", least=2)
    pictures_per_batch: int = setting(64, least=2)  # of 'simclr'
    learning_rate: float | None = setting(None, least=0)  # of the last layer; None: 2e-4, from scratch 2e-3
    layer_decay: float = setting(0.75, above=0, most=1)  # rate of a layer over that of the one above it
    weight_decay: float = setting(0.05, least=0)
    warm_up: float = setting(0.1, least=0)  # share of the steps; then down a cosine to 0
    temperature: float = setting(0.1, least=0)
    proxy_weight: float = setting(1.0, least=0)
    proxy_scale: float = setting(16.0, least=0)  # of the cosines with the proxies
    label_smoothing: float = setting(0.1, least=0)  # attributions err
    ema_decay: float = setting(0.99, least=0, most=0.9999)  # of the weights that are kept, over steps
    clip: float = setting(1.0, least=0)  # of the gradient's norm
    checkpointing: bool = setting(False, "Compute activations twice: half the memory, a third more time.")
    precision: str = setting("auto", choices=("auto", "bfloat16", "float32"))  # bfloat16 where the processor has it
    validation_share: float = setting(0.1, least=0, most=0.99)  # of the artists; 30 or more must be there
    validation_works: int = setting(512, least=2)  # of theirs, at most
    checks: int = setting(8, least=1)  # measurements on held-out artists
    patience: int | None = setting(None, least=1)  # checks without a better one; None: all
    seed: int = setting(0, "Of the weights, the batches and what is held out.")

    def n_steps(self, n: int) -> int:
        """Return how many steps are trained on n works.

        A work is drawn 36 times at most where a network is tuned. On 300 works by artists with two to five each, this
        gave a higher precision among held-out artists than 12 times; a few hundred works are learned by heart in the
        end.
        """
        if self.steps:
            return self.steps
        if self.from_scratch:
            return 5000
        return max(20, min(480, 36 * n // (self.artists_per_batch * self.works_per_artist)))

    @property
    def rate(self) -> float:
        """The learning rate of the last layer."""
        return self.learning_rate or (2e-3 if self.from_scratch else 2e-4)
