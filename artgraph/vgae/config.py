"""Everything that latents depend on besides the graph, the features and the artists; each value with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from artgraph.settings import Settings, setting

__all__ = ["DECODERS", "ENCODERS", "MODELS", "Config"]

MODELS = ("none", "smooth", "contrastive", "gae", "vgae")
ENCODERS = ("gcn", "sage", "gat", "linear", "sign")
DECODERS = ("cosine", "dot")
NARROWEST = 4  # dimensions of a part of the latents


@dataclass(frozen=True)
class Config(Settings):
    """The settings of a model; an unknown name or a number out of its range is an InputError.

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
    ``sage``          two layers of GraphSAGE (Hamilton et al. 2017, arXiv 1706.02216), likewise
    ``gat``           two layers of attention to neighbours (Brody et al. 2022, arXiv 2105.14491), likewise; memory
                      grows with edges × units: for some thousand paintings
    ``linear``        one propagation step and a linear map (Salha et al. 2019, arXiv 1910.00942)
    ``sign``          features and ``hops`` propagation steps side by side, computed once before training
                      (Frasca et al. 2020, arXiv 2004.11198); mini-batches whose cost no degree changes
    ================  ======================================================================================
    """

    renamed: ClassVar[Mapping[str, str]] = {
        "kindred_weight": "neighbor_artist_weight",
        "artist_strength": "refine_strength",
    }

    model: str = setting("vgae", "The baselines show what the VGAE adds.", choices=MODELS)
    encoder: str = setting("sign", "How features and graph become latents.", choices=ENCODERS)
    decoder: str = setting("cosine", choices=DECODERS)  # the graph of the latents is built on cosines; 'dot': published
    hops: int = setting(2, "Propagation steps of the encoder 'sign'.", least=0)  # beyond, everything looks alike
    hidden_dim: int | None = setting(None, least=0)  # None: see ``n_hidden``; 0: 'sign' is a linear map
    latent_dim: int = setting(256, "Dimensions of the latents.", least=1)  # 64 lost 0.01 AMI and 0.01 precision
    dropout: float = setting(0.3, least=0, most=0.99)  # of features: a few hundred artists are few to learn from
    learning_rate: float = setting(0.02, least=0)  # falls to 0 over the second half
    weight_decay: float = setting(0.01, least=0)
    epochs: int | None = setting(None, "At most; default 25, for convolutions 200, as published.", least=1)
    patience: int | None = setting(None, least=1)  # epochs without a better one; None: all
    batch_size: int = setting(512, least=0)  # paintings a step; 0: all of them; an epoch has 10 to 50 steps
    edge_weight: float = setting(0.1, least=0)  # of the similarity relation, which the features hold already
    artist_weight: float = setting(1.0, least=0)  # of the artist relation
    neighbor_artist_weight: float = setting(  # from epoch 2: see ``losses.NeighborArtists``
        1.0, "Weight of drawing artists together whose works have come near each other; 0: none.", least=0
    )
    feature_weight: float = setting(10.0, least=0)  # of the features' cosines, where no artist teaches
    refine_strength: float = setting(  # see ``refine``
        0.1, "How far the latents of works by a known artist are moved towards each other; 0: not at all.", least=0
    )
    gated: bool = setting(True, "Give a low weight to pairs by one artist whose features are far apart.")
    folds: int = setting(4, least=1)  # parts of the latents; each is trained on all artists but its own fold's
    artists_per_batch: int = setting(32, least=2)
    works_per_artist: int = setting(8, least=2)  # all artists are drawn as often, however many works they left
    temperature: float = setting(0.1, above=0)  # as in Khosla et al. 2020; 0.3: lower precision among unseen artists
    kl_weight: float = setting(0.0001, "Weight of the KL, summed over dimensions.", least=0)  # 0.001: lower precision
    free_bits: float = setting(0.0, least=0)  # nats per dimension without cost (Kingma et al. 2016, arXiv 1606.04934)
    validation_share: float = setting(0.05, above=0, most=0.99)  # of the edges, as published
    seed: int = setting(0, "Of the weights, the batches and what is held out.")

    @property
    def learns(self) -> bool:
        """Whether the model has weights."""
        return self.model not in ("none", "smooth")

    @property
    def full_batch(self) -> bool:
        """Whether every step encodes the whole graph."""
        return self.encoder in ("gcn", "sage", "gat")

    @property
    def n_hidden(self) -> int:
        """Hidden units: of 'sign' 256 by default, none of 'linear', of the others twice the latents."""
        if self.encoder == "linear":
            return 0
        if self.full_batch:
            return self.hidden_dim or 2 * self.latent_dim
        return 256 if self.hidden_dim is None else self.hidden_dim

    @property
    def n_parts(self) -> int:
        """Parts of the latents: ``folds``, but none narrower than 4 dimensions."""
        return min(self.folds, max(1, self.latent_dim // NARROWEST))

    @property
    def n_epochs(self) -> int:
        """Epochs at most."""
        return self.epochs or (200 if self.full_batch else 25)
