"""Everything that a tuned network depends on besides the pictures and their artists; each value with its reason."""

from dataclasses import asdict, dataclass

from artgraph.checks import check_choice
from artgraph.descriptors.tuning.augment import AUGMENTATIONS
from artgraph.errors import InputError

__all__ = ["OBJECTIVES", "TuningConfig"]

OBJECTIVES = ("artist", "simclr", "both")


@dataclass(frozen=True)
class TuningConfig:
    """The settings of a tuning.

    ==========  ============================================================================================
    objective
    ==========  ============================================================================================
    ``artist``  works by one artist come together, others part (Khosla et al. 2020, arXiv 2004.11362), and
                each goes to its artist's proxy (Zhai and Wu 2019, arXiv 1811.12649)
    ``simclr``  two cut-outs of one picture come together, of others part (NT-Xent; Chen et al. 2020, arXiv
                2002.05709): needs no names
    ``both``    the sum
    ==========  ============================================================================================

    Raises
    ------
    InputError
        An unknown name, or a number out of its range.
    """

    objective: str = "artist"
    augment: str = "curated"
    reproduction: bool = True  # cast, grey, resolution and JPEG belong to the scan: see ``augment.reproduce``
    from_scratch: bool = False
    steps: int | None = None  # None: 480, from scratch 5000; fewer for few works: see ``n_steps``
    size: int | None = None  # side of a cut-out, pixels; None: the network's own
    artists_per_batch: int = 24
    works_per_artist: int = 4  # different ones: manner is what two works share
    pictures_per_batch: int = 64  # of 'simclr'
    learning_rate: float | None = None  # of the last layer; None: 2e-4, from scratch 2e-3
    layer_decay: float = 0.75  # rate of a layer over that of the one above it; early layers are general already
    weight_decay: float = 0.05
    warm_up: float = 0.1  # share of the steps; then down a cosine to 0
    temperature: float = 0.1
    proxy_weight: float = 1.0
    proxy_scale: float = 16.0  # of the cosines with the proxies
    label_smoothing: float = 0.1  # attributions err
    ema_decay: float = 0.99  # of the weights that are kept, over steps
    clip: float = 1.0  # of the gradient's norm
    checkpointing: bool = False  # forget activations and compute them again: half the memory, a third more time
    precision: str = "auto"  # bfloat16 on a GPU, and on processors that multiply it; else float32
    validation_share: float = 0.1  # of the artists; 30 or more must be there
    validation_works: int = 512  # of theirs, at most
    checks: int = 8  # measurements on held-out artists
    patience: int | None = None  # checks without a better one; None: all, for the rate falls to the end
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("objective", self.objective, OBJECTIVES)
        check_choice("augment", self.augment, AUGMENTATIONS)
        check_choice("precision", self.precision, ("auto", "bfloat16", "float32"))
        least = {"steps": 1, "size": 32, "artists_per_batch": 2, "works_per_artist": 2, "pictures_per_batch": 2}
        least |= {"checks": 1, "patience": 1, "validation_works": 2}
        for name, value in asdict(self).items():
            if isinstance(value, (int, float)) and value < least.get(name, 0):
                raise InputError(f"{name} must be {least.get(name, 0)} or more, not {value}")
        if not 0 <= self.validation_share < 1 or not 0 < self.layer_decay <= 1 or not 0 <= self.ema_decay < 1:
            raise InputError("validation_share and ema_decay must be below 1, layer_decay above 0 and at most 1")

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
