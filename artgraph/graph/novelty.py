import numpy as np
from artgraph.checks import unit_rows


def scores_of(Q, B, *, metric="cosine", k=5):
    Q, B = unit_rows(Q), unit_rows(B)
    S = 1 - Q @ B.T
    S.sort(axis=1)
    return S[:, :k].mean(1)


def own_scores(B, *, metric="cosine", k=5):
    B = unit_rows(B)
    S = 1 - B @ B.T
    np.fill_diagonal(S, np.inf)
    S.sort(axis=1)
    return S[:, :k].mean(1)


def conformal_p(s, own):
    own = np.sort(own)
    return ((len(own) - np.searchsorted(own, s, "left") + 1) / (len(own) + 1)).astype("f4")


def groups_among(X, rows, *, radius):
    return []
