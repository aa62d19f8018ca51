"""The widget's Python side: what it holds, what it answers, what it refuses."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from artgraph.errors import InputError, MissingError, MissingPackageError
from artgraph.widget import style_map

pytest.importorskip("anywidget")


def test_the_map_and_the_clusters_are_those_of_the_corpus(described):
    shown = style_map(described)
    assert shown.partition == "leiden"
    points = np.frombuffer(shown._points, dtype="<f4").reshape(-1, 2)
    assert (points == described.get("layouts", "style")).all()
    clusters = np.frombuffer(shown._clusters, dtype="<i4")
    assert (clusters == described.get("partitions", "leiden")).all()
    assert set(shown._colors) == {str(label) for label in clusters}
    assert shown.selection == []


def test_a_selection_goes_both_ways_and_can_be_observed(described):
    shown, seen, ids = style_map(described), [], described.paintings["id"].tolist()
    shown.observe(lambda change: seen.append(change["new"]), "selection")
    shown.set_state({"_selected": memoryview(np.array([5, 2], dtype="<i4").tobytes())})  # as the cell's comes in
    assert shown.selection == [ids[2], ids[5]]
    shown.selection = [ids[9], ids[1], ids[9]]
    assert shown.selection == [ids[1], ids[9]]
    assert np.frombuffer(shown._selected, dtype="<i4").tolist() == [1, 9]
    shown.selection = []
    assert seen == [[ids[2], ids[5]], [ids[1], ids[9]], []]
    with pytest.raises(InputError, match="1 ids are not in"):
        shown.selection = ["nobody"]


def test_a_picture_is_sent_when_it_is_asked_for(described, monkeypatch):
    shown, sent = style_map(described), []
    monkeypatch.setattr(shown, "send", lambda content, buffers: sent.append((content, buffers)))
    for content in ({"kind": "picture", "row": 3}, {"kind": "picture", "row": 60}, {"kind": "picture"}, {"row": 1}):
        shown._answer(shown, content, [])
    ((content, buffers),) = sent
    assert content["row"] == 3
    assert content["caption"] == ["Artist 0b", "Stripes 3, 1903"]
    assert Image.open(io.BytesIO(buffers[0])).format == "JPEG"


def test_refusals(described, monkeypatch):
    with pytest.raises(MissingError):
        style_map(described, "spectral")
    from artgraph.widget import _class

    _class.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingPackageError, match=r"artgraph\[notebook\]"):
        style_map(described)
