"""Everything that latents depend on besides the graph, the features and the artists; each value with its reason."""

from dataclasses import asdict, dataclass

from artgraph.errors import InputError

__all__ = ["DECODERS", "ENCODERS", "MODELS", "Config"]

MODELS = ("none", "smooth", "contrastive", "gae", "vgae")
ENCODERS = ("gcn", "sage", "gat", "linear", "sign")
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
    ``contrastive``   the encoder trained on artists alone: no edges in the loss, no kindred artists, no distributions
    ``gae``           edges and artists, no distributions
    ``vgae``          edges and artists, each latent a normal distribution
    ================  ======================================================================================

    ================  ======================================================================================
    encoder
    ================  ======================================================================================
    ``gcn``           two graph convolutions (Kipf and Welling 2016), the whole graph at every step
    ``sage``          two layers of GraphSAGE (Hamilton et al. 2017, arXiv 1706.02216), likewise
    ``gat``           two layers of attention to neighbours (Brody et al. 2022, arXiv 2105.14491), likewise; memory
                      grows with edges × units: for some thousand paintings
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
    epochs: int | None = (
        None  # None: 25 (gcn, sage, gat: 200, as published); which one is kept: see ``Run.selected_by``
    )
    patience: int | None = None  # epochs without a better one; None: all of them, for the rate falls to the end
    batch_size: int = 512  # paintings a step; 0: all of them; an epoch has 10 steps at least and 50 at most
    edge_weight: float = 0.1  # of the similarity relation: it holds to what the features found alike already
    artist_weight: float = 1.0  # of the artist relation
    kindred_weight: float = 1.0  # of artists whose works have come to lie near, from the second epoch: see ``kindred``
    feature_weight: float = 10.0  # of the features' cosines, where no artist teaches: then latents hold to these
    artist_strength: float = 0.1  # how far a known artist moves the latents of a work: see ``refine``; 0: not at all
    gated: bool = True  # works of one hand that the features find far from each other are no witnesses
    folds: int = 4  # parts of the latents; each learns from all artists but its own fold's, whose hands judge it
    artists_per_batch: int = 32
    works_per_artist: int = 8  # all artists have the same say, however many works they left
    temperature: float = 0.1  # of the artist relation, as in Khosla et al. 2020; 0.3 finds unnamed hands less well
    kl_weight: float = 0.0001  # of the KL, summed over dimensions; 0.001 finds unnamed hands less well
    free_bits: float = 0.0  # nats per dimension that cost nothing (Kingma et al. 2016, arXiv 1606.04934)
    validation_share: float = 0.05  # of the edges, as published
    seed: int = 0

    def __post_init__(self):
        for name, known in (("model", MODELS), ("encoder", ENCODERS), ("decoder", DECODERS)):
            if getattr(self, name) not in known:
                raise InputError(f"There is no {name} '{getattr(self, name)}' (there are: {', '.join(known)})")
        for name, value in asdict(self).items():
            least = {"latent_dim": 1, "epochs": 1, "patience": 1, "folds": 1}
            least |= {"artists_per_batch": 2, "works_per_artist": 2}
            if isinstance(value, int | float) and name != "seed" and value < least.get(name, 0):
                raise InputError(f"{name} is {value}; expected at least {least.get(name, 0)}")
        if not (0 <= self.dropout < 1 and 0 < self.validation_share < 1 and self.temperature > 0):
            raise InputError("dropout must be in [0, 1), validation_share in (0, 1), temperature above 0")

    @property
    def learns(self):
        """Whether the model has weights (bool)."""
        return self.model not in ("none", "smooth")

    @property
    def full_batch(self):
        """Whether every step encodes the whole graph (bool)."""
        return self.encoder in ("gcn", "sage", "gat")

    @property
    def n_hidden(self):
        """Hidden units (int): of 'sign' 256 by default, none of 'linear', of the others twice the latents."""
        if self.encoder == "linear":
            return 0
        if self.full_batch:
            return self.hidden_dim or 2 * self.latent_dim
        return 256 if self.hidden_dim is None else self.hidden_dim

    @property
    def n_parts(self):
        """Parts of the latents (int): ``folds``, but none narrower than 4 dimensions."""
        return min(self.folds, max(1, self.latent_dim // NARROWEST))

    @property
    def n_epochs(self):
        """Epochs at most (int)."""
        return self.epochs or (200 if self.full_batch else 25)
