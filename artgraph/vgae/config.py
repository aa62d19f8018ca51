"""Everything that latents depend on besides the graph, the features and the artists; each value with its reason."""

from dataclasses import asdict, dataclass

from artgraph.checks import check_choice
from artgraph.errors import InputError

__all__ = ["DECODERS", "ENCODERS", "MODELS", "Config"]

MODELS = ("none", "smooth", "contrastive", "gae", "vgae")
ENCODERS = ("gcn", "linear", "sign")
DECODERS = ("cosine", "dot")
NARROWEST = 4  # dimensions of a part of the latents


@dataclass(frozen=True)
class Config:
    """The settings of a model.

    ================  ======================================================================================
    model
    ================  ======================================================================================
    ``none``          the features as they are
    ``smooth``        each painting the weighted mean of itself and its neighbours; nothing is learned
    ``contrastive``   trained on artists alone: no edges in the loss, no neighbouring artists, no distributions
    ``gae``           edges and artists, no distributions
    ``vgae``          edges and artists, each latent a normal distribution
    ================  ======================================================================================

    ================  ======================================================================================
    encoder
    ================  ======================================================================================
    ``gcn``           two graph convolutions (Kipf and Welling 2016), the whole graph at every step
    ``linear``        one propagation step and a linear map (Salha et al. 2019, arXiv 1910.00942)
    ``sign``          features and ``hops`` propagation steps side by side, computed once before training
                      (Frasca et al. 2020, arXiv 2004.11198); mini-batches whose cost no degree changes
    ================  ======================================================================================

    Raises
    ------
    InputError
        An unknown name, or a number out of its range.
    """

    model: str = "vgae"
    encoder: str = "sign"
    decoder: str = "cosine"  # the graph of the latents is built on cosines; 'dot' as published
    hops: int = 2  # of 'sign'; beyond, everything looks alike
    hidden_dim: int | None = None  # None: see ``n_hidden``; 0: 'sign' is a linear map, little worse on unseen artists
    latent_dim: int = 256  # narrower latents lost: 64, by 0.01 AMI and 0.01 precision
    dropout: float = 0.3  # of features: a few hundred artists are few to learn from
    learning_rate: float = 0.02  # falls to 0 over the second half
    weight_decay: float = 0.01
    epochs: int | None = None  # None: 25 (gcn: 200, as published); which one is kept: see ``Run.selected_by``
    patience: int | None = None  # epochs without a better one; None: all of them, for the rate falls to the end
    batch_size: int = 512  # paintings a step; 0: all of them; an epoch has 10 steps at least and 50 at most
    edge_weight: float = 0.1  # of the similarity relation, which the features hold already
    artist_weight: float = 1.0  # of the artist relation
    neighbor_artist_weight: float = (
        1.0  # of artists whose works have come near, from epoch 2: ``losses.NeighborArtists``
    )
    feature_weight: float = 10.0  # of the features' cosines, where no artist is given: then latents keep to these
    artist_strength: float = 0.1  # how far a known artist moves the latents of a work: see ``refine``; 0: not at all
    gated: bool = True  # pairs by one artist whose features are far apart get a low weight in the contrastive loss
    folds: int = 4  # parts of the latents; each is trained on all artists but its own fold's, and validated on those
    artists_per_batch: int = 32
    works_per_artist: int = 8  # all artists are drawn as often, however many works they left
    temperature: float = 0.1  # of the artist relation, as in Khosla et al. 2020; 0.3: lower precision, unseen artists
    kl_weight: float = 0.0001  # of the KL, summed over dimensions; 0.001: lower precision among unseen artists
    free_bits: float = 0.0  # nats per dimension that cost nothing (Kingma et al. 2016, arXiv 1606.04934)
    validation_share: float = 0.05  # of the edges, as published
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (("model", MODELS), ("encoder", ENCODERS), ("decoder", DECODERS)):
            check_choice(name, getattr(self, name), known)
        for name, value in asdict(self).items():
            least = {"latent_dim": 1, "epochs": 1, "patience": 1, "folds": 1}
            least |= {"artists_per_batch": 2, "works_per_artist": 2}
            if isinstance(value, int | float) and name != "seed" and value < least.get(name, 0):
                raise InputError(f"{name} is {value}; expected at least {least.get(name, 0)}")
        if not (0 <= self.dropout < 1 and 0 < self.validation_share < 1 and self.temperature > 0):
            raise InputError("dropout must be in [0, 1), validation_share in (0, 1), temperature above 0")

    @property
    def learns(self) -> bool:
        """Whether the model has weights."""
        return self.model not in ("none", "smooth")

    @property
    def n_hidden(self) -> int:
        """Hidden units: 256 of 'sign' by default, none of 'linear', twice the latents of 'gcn', as published."""
        if self.encoder == "linear":
            return 0
        if self.encoder == "gcn":
            return self.hidden_dim or 2 * self.latent_dim
        return 256 if self.hidden_dim is None else self.hidden_dim

    @property
    def n_parts(self) -> int:
        """Parts of the latents: ``folds``, but none narrower than 4 dimensions."""
        return min(self.folds, max(1, self.latent_dim // NARROWEST))

    @property
    def n_epochs(self) -> int:
        """Epochs at most."""
        return self.epochs or (200 if self.encoder == "gcn" else 25)
