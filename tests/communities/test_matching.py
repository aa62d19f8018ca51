import numpy as np
import pytest

from artgraph.communities import keep_names
from artgraph.errors import InputError


def test_a_renumbered_partition_gets_its_numbers_back():
    earlier = np.repeat([0, 1, 2, -1], [5, 4, 3, 2])
    new = np.array([2, 0, 1])[earlier]
    new[earlier < 0] = -1
    assert keep_names(new, earlier).tolist() == earlier.tolist()


def test_the_overlap_decides_not_the_size():
    earlier = np.repeat([0, 1], [10, 8])
    new = np.repeat([1, 0], [7, 11])  # three works moved to the other cluster, which is now the larger
    assert keep_names(new, earlier).tolist() == [0] * 7 + [1] * 11


def test_works_added_do_not_count_against_a_cluster():
    earlier = np.array([0, 0, 1, 1] + [-1] * 40)
    new = np.array([1, 1, 0, 0] + [0] * 20 + [1] * 20)
    assert keep_names(new, earlier).tolist() == [0, 0, 1, 1] + [1] * 20 + [0] * 20


def test_split_and_gone_clusters():
    earlier = np.repeat([0, 1, 2], [10, 6, 4])
    # 0 is split in 7 and 3: the larger part keeps the number; 1 is gone, its works went to 2
    new = np.repeat([0, 1, 2, 2], [7, 3, 6, 4])
    assert keep_names(new, earlier).tolist() == [0] * 7 + [3] * 3 + [1] * 10
    # where little is in common the cluster is new, and the old number stays empty
    scattered = np.arange(20) % 5
    names = keep_names(scattered, np.repeat([0, 1, 2, 3, 4], 4))
    assert names.min() == 5


def test_nothing_to_match():
    assert keep_names([], []).tolist() == []
    assert keep_names([-1, -1], [0, 1]).tolist() == [-1, -1]
    assert keep_names([1, 0, 0], [-1, -1, -1]).tolist() == [1, 0, 0]
    with pytest.raises(InputError, match="same paintings"):
        keep_names([0], [0, 1])
