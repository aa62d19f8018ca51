import subprocess
import sys

import numpy as np
import pytest

from artgraph.errors import InputError
from artgraph.learning.artists import ArtistSampler, WorkSampler, artist_codes, fold_artists, hold_out_artists


def test_importing_the_samplers_loads_no_torch():
    code = "import sys, artgraph.learning.artists; print('torch' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_codes_are_in_order_of_name():
    assert artist_codes(["b", None, "a", "b"], 4).tolist() == [1, -1, 0, 1]
    assert artist_codes(None, 2).tolist() == [-1, -1]
    with pytest.raises(InputError, match="1 artists for 2 paintings"):
        artist_codes(["a"], 2)


def test_held_out_artists_lose_their_names_and_no_other():
    codes = np.repeat(np.arange(40), 3)
    training, rows = hold_out_artists(codes, 0.1, np.random.default_rng(0), most_works=512)
    assert len(set(codes[rows])) == 10
    assert set(np.flatnonzero(training < 0)) == set(rows)
    kept = training >= 0
    assert (training[kept] == codes[kept]).all()


def test_with_few_artists_none_is_held_out():
    codes = np.repeat(np.arange(5), 3)
    training, rows = hold_out_artists(codes, 0.5, np.random.default_rng(0), most_works=512)
    assert len(rows) == 0
    assert (training == codes).all()


def test_folds_hold_whole_artists_and_as_many_each():
    codes = np.repeat(np.arange(40), 3)
    codes[-3:] = -1
    fold = fold_artists(codes, 4, np.random.default_rng(0))
    assert (fold[-3:] == -1).all()
    assert all(len(set(fold[codes == code])) == 1 for code in range(39))
    assert sorted(np.bincount(fold[:-3]) // 3) == [9, 10, 10, 10]


def test_few_artists_are_in_no_fold():
    assert (fold_artists(np.repeat(np.arange(29), 3), 4, np.random.default_rng(0)) == -1).all()


def test_all_artists_are_drawn_as_often():
    codes = np.array([0] * 50 + [1] * 3 + [2] + [-1] * 4)
    sampler = ArtistSampler(codes, artists_per_batch=2, works_per_artist=3)
    assert len(sampler) == 2  # one work alone says nothing
    rows, names = sampler.draw(np.random.default_rng(0))
    assert sorted(names.tolist()) == [0, 0, 0, 1, 1, 1]
    assert len(set(rows.tolist())) == 6
    assert (codes[rows] == names).all()


def test_works_of_an_artist_are_drawn_evenly_and_never_twice():
    sampler = ArtistSampler(np.repeat([0, 1], [7, 2]), artists_per_batch=2, works_per_artist=4)
    rng, seen = np.random.default_rng(0), np.zeros(9)
    for _ in range(2000):
        rows, names = sampler.draw(rng)
        assert len(rows) == len(set(rows.tolist())) == 6
        assert np.bincount(names).tolist() == [4, 2]
        seen[rows] += 1
    np.testing.assert_allclose(seen[:7] / 2000, 4 / 7, atol=0.05)
    assert (seen[7:] == 2000).all()


def test_a_round_draws_each_artist_once_in_batches_of_one_size():
    codes = np.repeat(np.arange(11), 2 + np.arange(11) % 4)
    sampler = ArtistSampler(codes, artists_per_batch=2, works_per_artist=4)
    found = list(sampler.rounds(np.random.default_rng(0), at_once=3))
    assert [rows.shape for rows, _ in found] == [(3, 8), (2, 8)]
    rows, names = (np.concatenate([pair[i] for pair in found]) for i in (0, 1))
    there = names >= 0
    assert (codes[rows[there]] == names[there]).all()
    assert len(set(rows[there].tolist())) == there.sum()
    assert len(set(names[there].tolist())) == 10  # the eleventh waits
    assert all(len(set(batch[batch >= 0].tolist())) == 2 for batch in names)
    few = ArtistSampler(codes, artists_per_batch=32, works_per_artist=4)
    ((rows, names),) = few.rounds(np.random.default_rng(0), at_once=3)
    assert rows.shape == (1, 44)


def test_a_step_draws_different_works_by_a_few_artists():
    artists = np.repeat([-1, 0, 1, 2, 3], [10, 1, 2, 5, 40])
    sampler = WorkSampler(artists, artists_per_batch=2, works_per_artist=3)
    assert sampler.artists == 3  # one work is not enough
    for seed in range(30):
        works = sampler.draw(np.random.default_rng(seed))
        assert len(set(works)) == len(works)
        drawn, count = np.unique(artists[works], return_counts=True)
        assert set(drawn) <= {1, 2, 3}
        assert len(drawn) == 2
        assert (count <= 3).all()


def test_prolific_artists_are_drawn_by_the_root_of_their_works():
    artists = np.repeat([0, 1, 2], [4, 36, 36])
    sampler = WorkSampler(artists, artists_per_batch=2, works_per_artist=2)
    assert np.allclose(sampler.weights[0], np.array([2, 6, 6]) / 14)


def test_with_subjects_all_works_of_a_step_show_the_same():
    artists, subjects = np.repeat(np.arange(6), 8), np.tile([0, 0, 0, 0, 1, 1, 1, 1], 6)
    sampler = WorkSampler(artists, artists_per_batch=4, works_per_artist=3, subjects=subjects)
    seen = [set(subjects[sampler.draw(np.random.default_rng(seed))]) for seed in range(20)]
    assert all(len(one) == 1 for one in seen)
    assert set.union(*seen) == {0, 1}


def test_works_to_measure_on_are_of_whole_artists():
    codes = np.tile(np.arange(40), 3)
    training, rows = hold_out_artists(codes, 0.1, np.random.default_rng(0), most_works=20)
    assert len(set(codes[training < 0])) == 10
    assert np.unique(codes[rows], return_counts=True)[1].tolist() == [3] * 6
    assert (training[rows] == -1).all()
    assert len(hold_out_artists(codes, 0.1, np.random.default_rng(0), most_works=1)[1]) == 6  # two artists at least
