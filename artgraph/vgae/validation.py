"""What decides which epoch is kept: edges and hands that training did not see. Never style."""

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

__all__ = ["Judge", "edge_scores", "fold_artists", "hand_precision", "hold_out_artists"]

FEWEST_ARTISTS = 30  # with fewer, none are held out, and edges decide
MOST_WORKS = 4000  # of held-out artists, compared with each other


def hold_out_artists(codes, share, rng):
    """Choose artists whose names are kept from training, and the works that show whether their hands are found.

    Parameters
    ----------
    codes : (n,) int array
        Artist of each painting, -1 where none is known.
    share : float in (0, 1)
    rng : numpy.random.Generator

    Returns
    -------
    (training, rows) : (n,) int array, (r,) int array
        The codes without those held out; works by artists held out, each with a fellow. None are where fewer than 30
        artists have two works.
    """
    known, count = np.unique(codes[codes >= 0], return_counts=True)
    several = known[count > 1]
    if len(several) < FEWEST_ARTISTS:
        return codes, np.empty(0, dtype=np.int64)
    chosen = rng.permutation(several)[: max(10, round(share * len(several)))]
    held = np.isin(codes, chosen)
    rows = np.flatnonzero(held)
    if len(rows) > MOST_WORKS:
        rows = np.sort(rng.permutation(rows)[:MOST_WORKS])
    return np.where(held, -1, codes), rows


def fold_artists(codes, folds, rng):
    """Put each artist into one of several folds, so that each part of the latents can be judged by hands it never saw.

    Parameters
    ----------
    codes : (n,) int array
        Artist of each painting, -1 where none is known.
    folds : int, 2 or more
    rng : numpy.random.Generator

    Returns
    -------
    (n,) int array
        The fold of each painting, 0 to folds - 1; all works of an artist are in one, and folds hold as many artists,
        give or take one. -1 where no artist is known, and everywhere where fewer than 30 artists have two works.

    Examples
    --------
    >>> fold_artists(np.array([0, 0, 1, 1, -1]), 2, np.random.default_rng(0))  # two artists are too few to judge by
    array([-1, -1, -1, -1, -1])
    """
    fold = np.full(len(codes), -1)
    known, place, count = np.unique(codes[codes >= 0], return_inverse=True, return_counts=True)
    if (count > 1).sum() >= FEWEST_ARTISTS:
        fold[codes >= 0] = (rng.permutation(len(known)) % folds)[place]
    return fold


def edge_scores(decode, mu, held):
    """Return the area under the ROC curve and the average precision of held-out edges among pairs that are none.

    Parameters
    ----------
    decode : callable
        Latents (n, k), pairs (2, p) -> logits (p,).
    mu : (n, k) tensor
    held : (positive, negative), of (2, p) and (2, q) int64 tensors

    Returns
    -------
    (auc, ap) : floats in [0, 1]
    """
    logits = [decode(mu, pairs.to(mu.device)).cpu().numpy() for pairs in held]
    truth = np.repeat([1, 0], [len(part) for part in logits])
    if len(np.unique(truth)) < 2:
        return 0.5, 0.5
    scores = np.concatenate(logits)
    return float(roc_auc_score(truth, scores)), float(average_precision_score(truth, scores))


def hand_precision(mu, codes):
    """Return how many of the works nearest to a work are by its hand, of as many as there are, and the standard error.

    mean over works of |{R nearest} ∩ {works by the same hand}| / R, with R the number of other works by that hand.

    Parameters
    ----------
    mu : (r, k) tensor
        Latents of works by artists that training knew nothing of.
    codes : (r,) int array

    Returns
    -------
    (precision, error) : floats in [0, 1]
        The error is over artists, works of one artist being no independent witnesses. NaN where no work has a fellow.
    """
    unit = torch.nn.functional.normalize(mu, dim=1)
    names = torch.from_numpy(np.unique(codes, return_inverse=True)[1]).to(mu.device)
    shares = torch.full((len(mu),), torch.nan, device=mu.device)
    for block in torch.arange(len(mu), device=mu.device).split(1024):
        similarity = unit[block] @ unit.T  # (block, r)
        similarity[torch.arange(len(block)), block] = -torch.inf
        same = names[block, None] == names
        fellows = same.sum(dim=1) - 1
        order = similarity.topk(min(int(fellows.max()) + 1, len(mu)), dim=1).indices
        hit = same.gather(1, order) & (torch.arange(order.shape[1], device=mu.device) < fellows[:, None])
        shares[block] = hit.sum(dim=1) / fellows  # 0 / 0: NaN
    asked = ~shares.isnan()
    if not asked.any():
        return float("nan"), float("nan")
    count = torch.bincount(names[asked])
    excess = torch.bincount(names[asked], weights=shares[asked] - shares[asked].mean())[count > 0]
    groups = len(excess)
    error = (excess.square().sum() * groups / max(1, groups - 1)).sqrt() / asked.sum()
    return float(shares[asked].mean()), float(error)


class Judge:
    """What decides how good an epoch is: held-out edges, and for each part of the latents hands that it never saw.

    Parameters
    ----------
    edges : (positive, negative), of (2, p) and (2, q) int64 tensors
    works : list of (r,) int arrays
        Per part of the latents, works by the artists of its own fold. Empty: edges alone.
    codes : (n,) int array
        Artist of each painting.
    device : str

    Attributes
    ----------
    rows : (j,) int64 tensor
        The paintings whose latents are asked for.
    """

    def __init__(self, edges, works, codes, device):
        works = [torch.tensor(rows) for rows in works]
        asked = torch.cat([pairs.flatten() for pairs in edges] + works).unique()
        self.rows = asked.to(device)
        self.edges = [torch.searchsorted(asked, pairs.contiguous()) for pairs in edges]
        self.works = [torch.searchsorted(asked, rows).to(device) for rows in works]
        self.codes = [codes[rows.numpy()] for rows in works]

    @torch.no_grad()
    def __call__(self, decode, mu, *, split=True):
        """Return auc and ap, and where there are works asked for, hands and hands_error (dict of str to float).

        Parameters
        ----------
        decode : callable
            Latents (j, k), pairs (2, p) -> logits (p,).
        mu : (j, k) tensor
            Of ``rows``.
        split : bool
            Whether each part of mu is asked for the hands of its own fold; False: all of mu for all.
        """
        auc, ap = edge_scores(decode, mu, self.edges)
        if not self.works:
            return {"auc": auc, "ap": ap}
        hands, error = self.hands(mu, split=split)
        return {"auc": auc, "ap": ap, "hands": hands, "hands_error": error}

    def hands(self, mu, *, split=True):
        """Return how well the hands that are asked for are found, and the error (floats); arguments as for a call."""
        parts = mu.tensor_split(len(self.works), dim=1) if split else [mu] * len(self.works)
        found = [
            (*hand_precision(part[rows], codes), len(rows))
            for part, rows, codes in zip(parts, self.works, self.codes, strict=True)
        ]
        share = np.array([count for *_, count in found]) / sum(count for *_, count in found)
        precision, error = np.array([row[:2] for row in found]).T
        return float(share @ precision), float(np.sqrt(np.square(share * error).sum()))
