import numpy as np
import torch

from artgraph.learning.measures import active_units, artist_precision


def test_artist_precision_by_hand():
    angle = torch.tensor([0.0, 0.1, 1.0, 1.1, 1.2])
    mu = torch.stack([angle.cos(), angle.sin()], dim=1)
    # 0 finds 1, 1 finds 0; of 2 and 3 and 4, by one artist, each finds the other two
    assert artist_precision(mu, np.array([0, 0, 1, 1, 1]))[0] == 1
    # artists {0, 2} and {1, 3}: the nearest of 0 is 1, of 1 is 0, of 2 is 3, of 3 is 2 or 4
    assert artist_precision(mu, np.array([0, 1, 0, 1, 2]))[0] == 0


def test_active_units_of_latents_by_hand():
    mu = np.array([[0.0, 0.05, 1.0], [0.0, -0.05, -1.0]])  # variances 0, 0.0025, 1
    assert active_units(mu) == 1


def test_active_units_by_hand():
    codes = np.zeros((4, 3))
    codes[:, 1] = [0, 1, 0, 1]  # variance 1/4
    codes[:, 2] = [0, 0.1, 0, 0.1]  # variance 1/400
    assert active_units(codes) == 1
    assert active_units(codes, threshold=0.001) == 2
