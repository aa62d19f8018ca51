"""What people answered of pairs of works, "of one manner" or not, becomes a map of latents; and whether it helps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from artgraph.checks import check_features, unit_rows
from artgraph.errors import InputError

__all__ = ["Learned", "answers_auc", "learn_answers"]

FEWEST = 10  # answers of each kind: with fewer, a fold holds out less than two
FOLDS = 5
# of the pull towards the latents as they are; weaker ones told held-out answers better and cost up to 0.09 of AMI
STRENGTHS = (1.0, 3.0, 10.0)
ENOUGH = 100  # answers, at which the pull has its strength
LEAST = 1.533  # errors of a gain: the quantile 0.9 of Student's t of 4 degrees of freedom, one less than folds


class Learned(NamedTuple):
    """What answers taught.

    Attributes
    ----------
    map : (k, k) float32, to multiply latents by; None where it would not help.
    facts : ``same``, ``different`` (how many answers), ``used``; where there were enough also ``auc_before`` and
        ``auc_after`` (of held-out answers), ``error`` (of their difference), ``strength``.
    """

    map: np.ndarray | None
    facts: dict


def learn_answers(Z: ArrayLike, pairs: ArrayLike, same: ArrayLike, *, seed: int = 0) -> Learned:
    """Learn from answers about pairs of works which directions of the latents tell manners apart.

    The cosine of two works is a sum over the principal directions of the unit latents; each direction is given a
    weight w ≥ 0 in it, by logistic regression on the answers, "same" and "different" with equal say:

        min over w, b of  mean of -log p(answer | s · sum over d of w_d a_d b_d + b)  +  strength · p · 100/m · |w - 1|²

    where s, and b at first, are those of the cosine as it is, p is the mean over answers and directions of
    (s a_d b_d)², and m is the number of answers: few of them change little. Works that nobody was asked about move too.
    This is the weighted metric of Xing et al. 2002 (NIPS 15) with a prior. A full matrix has k² numbers, for which
    there are hardly ever answers enough; a term in the loss of the VGAE would have to be trained again for every fold.

    Whether it helps is measured without labels: answers are held out, a fifth at a time, and ranked by the cosine
    before and after (area under the ROC curve). The strength is the best of three there. The map is used where there
    are ten answers of each kind and the gain stands the one-sided t-test over folds at the level 0.1, its error
    corrected for folds that share answers (Nadeau and Bengio 2003, doi:10.1023/A:1024068626366).

    Parameters
    ----------
    Z : (n, k) float, latents.
    pairs : (m, 2) int, rows that were asked about.
    same : (m,) bool, the answers.
    seed : of the folds.

    Raises
    ------
    InputError
        Pairs and answers are not as many, or a pair names no row.
    """
    Z, pairs, same = check_features(Z), np.asarray(pairs, dtype=np.int64).reshape(-1, 2), np.asarray(same, dtype=bool)
    if len(pairs) != len(same) or (pairs.size and not (pairs.min() >= 0 and pairs.max() < len(Z))):
        raise InputError(f"{len(pairs)} pairs of {len(Z)} works, and {len(same)} answers: expected one for each pair.")
    facts = {"same": int(same.sum()), "different": int((~same).sum()), "used": False}
    if min(facts["same"], facts["different"]) < FEWEST:
        return Learned(None, facts)
    unit = unit_rows(Z).astype(np.float64)
    directions = np.linalg.eigh(unit.T @ unit)[1]  # (k, k)
    first, second = (unit[side] @ directions for side in pairs.T)  # (m, k) each
    before, after = [], {strength: [] for strength in STRENGTHS}
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(first, same):
        before.append(_auc(first[test], second[test], same[test], np.ones(first.shape[1])))
        for strength, scores in after.items():
            weight = _weights(first[train] * second[train], same[train], strength)
            scores.append(_auc(first[test], second[test], same[test], weight))
    strength = max(STRENGTHS, key=lambda one: np.mean(after[one]))
    gain = np.subtract(after[strength], before)
    error = float(gain.std(ddof=1) * (1 / FOLDS + 1 / (FOLDS - 1)) ** 0.5)
    facts |= {"auc_before": round(float(np.mean(before)), 4), "auc_after": round(float(np.mean(after[strength])), 4)}
    facts |= {"error": round(error, 4), "strength": strength, "used": bool(gain.mean() > LEAST * error)}
    if not facts["used"]:
        return Learned(None, facts)
    root = np.sqrt(_weights(first * second, same, strength))
    return Learned(((directions * root) @ directions.T).astype(np.float32), facts)


def answers_auc(Z: ArrayLike, pairs: ArrayLike, same: ArrayLike) -> float:
    """Return how well cosines rank answers, the area under the ROC curve; 0.5 where all answers are alike.

    Parameters
    ----------
    Z, pairs, same : (n, d) float; (m, 2) int, rows; (m,) bool, the answers.

    Examples
    --------
    >>> answers_auc([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]], [[0, 1], [0, 2]], [True, False])
    1.0
    """
    unit, pairs, same = unit_rows(check_features(Z)), np.asarray(pairs), np.asarray(same, dtype=bool)
    if same.all() or not same.any():
        return 0.5
    return float(roc_auc_score(same, (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(axis=1)))


def _auc(first: np.ndarray, second: np.ndarray, same: np.ndarray, weight: np.ndarray) -> float:
    lengths = np.sqrt((first**2 @ weight) * (second**2 @ weight))
    return float(roc_auc_score(same, (first * second) @ weight / np.maximum(lengths, 1e-12)))


def _weights(products: np.ndarray, same: np.ndarray, strength: float) -> np.ndarray:
    """Return the weight of each direction, (k,) float at least 0, for products of two works' coordinates (m, k)."""
    sign = np.where(same, 1.0, -1.0)
    share = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    cosine, k = products.sum(axis=1), products.shape[1]

    def plain(scale_bias: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (scale_bias[0] * cosine + scale_bias[1])
        slope = -share * sign / (1 + np.exp(margin))
        return share @ np.logaddexp(0, -margin), np.array([slope @ cosine, slope.sum()])

    scale, bias = minimize(plain, [5.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(1.0, 50.0), (None, None)]).x
    scaled = scale * products
    pull = strength * (scaled**2).mean() * ENOUGH / len(same)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        weight, margin = values[:k], sign * (scaled @ values[:k] + values[k])
        slope = -share * sign / (1 + np.exp(margin))
        value = share @ np.logaddexp(0, -margin) + pull * np.square(weight - 1).sum()
        return value, np.append(scaled.T @ slope + 2 * pull * (weight - 1), slope.sum())

    bounds = [(0.0, None)] * k + [(None, None)]
    return minimize(loss, np.append(np.ones(k), bias), jac=True, method="L-BFGS-B", bounds=bounds).x[:k]
