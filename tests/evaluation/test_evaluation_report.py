import numpy as np
import pandas as pd
import pytest

from artgraph.errors import CircularError
from artgraph.evaluation import caveats, check_not_circular, partition_scores, per_class
from artgraph.evaluation.report import format_report


def test_circular():
    check_not_circular("style", ["artist"])
    check_not_circular("artist", [])
    check_not_circular("art", "artist")
    for reference, columns in (("artist", ["artist"]), (" Artist", ["date", "ARTIST "]), ("artist", "artist")):
        with pytest.raises(CircularError, match=r"same .* were linked"):
            check_not_circular(reference, columns)


def scores(**changes):
    return {"n": 500, "n_unlabelled": 0, "n_unassigned": 0, "n_clusters": 8, "n_reference": 6, **changes}


def test_no_caveat_without_a_reason():
    assert caveats("style") == []
    assert caveats("style", scores=scores()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_unassigned": 100}, "100 paintings with a style are in no cluster"),
        ({"n_unlabelled": 900}, "Only 500 of 1400 paintings have a style"),
        ({"n_reference": 1, "n_clusters": 2}, "same style"),
        ({"n_clusters": 60}, "60 clusters for 6 values"),
        ({"n": 40}, "40 paintings are few"),
    ],
)
def test_each_caveat(change, said):
    (sentence,) = caveats("style", scores=scores(**change))
    assert said in sentence
    assert sentence.endswith(".")


def test_links_are_a_caveat_for_style_and_an_error_for_artist():
    (sentence,) = caveats("style", ["artist"], scores=scores())
    assert "same artist were linked" in sentence
    with pytest.raises(CircularError):
        caveats("artist", "artist")


def test_caveats_read_real_scores():
    assert len(caveats("style", scores=partition_scores([0, 0, 1], ["a", "b", "a"]))) == 1


def test_report_by_hand():
    report = {
        "ami": 0.25,
        "n": 1200,
        "against_chance": {
            "ami": {"mean": -0.0001, "p_value": 0.005},
            "purity": {"mean": 0.5, "p_value": float("nan")},
        },
        "caveats": ["Few paintings.", "Read AMI."],
    }
    assert format_report(report, title="mycorpus") == (
        "mycorpus\n"
        "\n"
        "AMI  0.250\n"
        "n     1200\n"
        "\n"
        "against chance\n"
        "           mean      p\n"
        "  AMI     0.000  0.005\n"
        "  purity  0.500      -\n"
        "\n"
        "caveats\n"
        "  Few paintings.\n"
        "  Read AMI.\n"
    )


def test_report_of_frames_numpy_numbers_and_hostile_text():
    text = format_report(
        {
            "precision": np.float32(0.5),
            "n": np.int64(3),
            "flag": True,
            "none": None,
            "classes": per_class([0, 0, 1], ["a\nb\x1b[31m", "a\nb\x1b[31m", "c"]),
            "empty": {},
        }
    )
    assert "\x1b" not in text
    assert "precision  0.500" in text
    assert "a b [31m" in text
    assert all(line == line.rstrip() for line in text.split("\n"))
    assert format_report({}) == "\n"
    assert format_report({"t": pd.DataFrame({"x": [1]})}) == "t\n  x\n  1\n"
