import numpy as np
import pytest
from scipy.stats import fisher_exact
from sklearn.metrics import adjusted_mutual_info_score

from artgraph.errors import InputError
from artgraph.evaluation import confound_caveats, confound_table, over_represented, suspect_clusters
from artgraph.evaluation.confounds import binned


def grey_case():
    """200 works in 4 styles of which 30 are grey; clusters follow the style, but for one that all grey works are in."""
    styles = np.arange(200) % 4
    grey = np.arange(200) < 30
    return np.where(grey, 4, styles), [bool(value) for value in grey], [f"style {value}" for value in styles]


def test_the_old_failure_is_caught():
    labels, grey, styles = grey_case()
    columns = {"style": styles, "greyscale": grey, "weight": [float(i % 7) for i in range(200)]}
    table = confound_table(labels, columns).set_index("column")
    assert table.loc["greyscale", "ami"] == pytest.approx(adjusted_mutual_info_score(grey, labels))
    assert table.loc["greyscale", "told"] == pytest.approx(1.0)
    assert table.loc["greyscale", "p_value"] == 0.01
    assert abs(table.loc["weight", "ami"]) < 0.05
    assert 0 < table.loc["greyscale", "explained"] < table.loc["style", "explained"] < 1
    suspects = suspect_clusters(labels, columns)
    row = suspects[suspects["column"] == "greyscale"].iloc[0]
    assert (row["cluster"], row["value"], row["share"], row["in_collection"]) == (4, "yes", 1.0, 0.15)
    (sentence,) = confound_caveats(confound_table(labels, columns), suspects, against="style")
    assert "greyscale" in sentence
    assert "--ignore-color" in sentence


def test_no_alarm_without_a_reason():
    rng = np.random.default_rng(0)
    labels, grey = rng.integers(0, 4, 300), [bool(v) for v in rng.random(300) < 0.3]
    table = confound_table(labels, {"greyscale": grey, "constant": ["x"] * 300, "empty": [None] * 300})
    assert table["column"].tolist() == ["greyscale"]
    assert abs(table["ami"][0]) < 0.02
    assert confound_caveats(table, suspect_clusters(labels, {"greyscale": grey}), against="style") == []


def test_identities():
    labels = np.arange(40) % 4
    same = confound_table(labels, {"same": [str(v) for v in labels]}).iloc[0]
    assert [same["ami"], same["explained"], same["told"]] == pytest.approx([1, 1, 1])
    one = confound_table(np.zeros(40, dtype=int), {"any": [str(v) for v in labels]}).iloc[0]
    assert [one["ami"], one["explained"], one["told"]] == pytest.approx([0, 0, 0])
    with pytest.raises(InputError, match="3 values for 40"):
        confound_table(labels, {"short": [1, 2, 3]})


def test_binned():
    assert binned([True, None, False]) == ["yes", None, "no"]
    assert binned([3, 3.0, "x", ""]) == ["3", "3", "x", None]
    ten = binned(range(10))
    assert len(set(ten)) == 5
    assert ten[0] == "0 to 1.8"
    nearly = binned([0.0] * 50 + list(range(1, 11)))
    assert len(set(nearly[:50])) == 1
    assert nearly[0] not in nearly[50:]
    assert binned([]) == []


def test_over_represented_by_hand():
    # cluster 0: 3 of 4 are x, in the collection 4 of 10
    labels = [0] * 4 + [1] * 6
    values = ["x", "x", "x", "y", "x", "y", "y", "y", "y", "y"]
    frame = over_represented(labels, values)
    first = frame[(frame["cluster"] == 0) & (frame["name"] == "x")].iloc[0]
    assert (first["count"], first["size"], first["cluster_size"]) == (3, 4, 4)
    assert first["lift"] == pytest.approx((3 / 4) / (4 / 10))
    p = fisher_exact([[3, 1], [1, 5]], alternative="greater").pvalue
    assert p == pytest.approx((4 * 6 + 1) / 210)
    # four pairs were looked at; (0, x) and (1, y) have the same p, the other two 1 or nearly so
    assert first["p"] == pytest.approx(p * 4 / 2)


def test_rows_without_cluster_or_value_do_not_count():
    frame = over_represented([0, 0, 1, 1, -1, 0], ["a", "a", "b", "b", "a", None])
    assert frame[["cluster", "name", "size"]].values.tolist() == [[0, "a", 2], [1, "b", 2]]
    assert over_represented([-1, -1], ["a", "a"]).empty
    assert over_represented([0, 1], ["a", "b"]).empty  # too rare to be over-represented
    with pytest.raises(InputError, match="same paintings"):
        over_represented([0], ["a", "b"])


def test_dealt_at_random_next_to_nothing_is_over_represented():
    rng = np.random.default_rng(0)
    found = [(over_represented(rng.integers(0, 8, 400), rng.integers(0, 20, 400))["p"] < 0.05).any() for _ in range(40)]
    assert np.mean(found) <= 0.15
