import numpy as np
import pytest

from artgraph.descriptors import fuse
from artgraph.errors import InputError


def test_blocks_have_the_same_say_whatever_their_unit():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((40, 5)), rng.standard_normal((40, 3))
    np.testing.assert_allclose(fuse([a, b]), fuse([1000 * a, b + 7]), atol=1e-4)


def test_weights(features):
    X = features[0]
    assert np.linalg.norm(fuse([X, X], weights=[1, 0])[:, 8:]) == 0
    np.testing.assert_allclose(fuse([X], weights=[2]), 2 * fuse([X]), rtol=1e-4)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows(n):
    assert np.isfinite(fuse([np.arange(4.0 * n).reshape(n, 4), np.ones((n, 2))])).all()


@pytest.mark.parametrize("blocks", [[np.ones((3, 2)), np.ones((4, 2))], [np.array([[np.nan], [1.0]])]])
def test_what_cannot_be_fused(blocks):
    with pytest.raises(InputError):
        fuse(blocks)
