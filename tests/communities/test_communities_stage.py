import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.communities import METHODS, QUALITIES, hierarchy
from artgraph.communities.membership import ROLES
from artgraph.errors import InputError
from artgraph.stages.communities import levels_of


@pytest.fixture(scope="module")
def linked(described, tmp_path_factory):
    """A copy of the described corpus, to change, with artist links and a second graph."""
    made = Corpus(shutil.copytree(described.path, tmp_path_factory.mktemp("linked") / "corpus"))
    pipeline.build_graph(made, on=("color", "texture"), artist_edges=True)
    pipeline.build_graph(made, on=("color",), name="color")
    pipeline.build_graph(made, on=("color",), name="sparse", n_neighbors=5)
    return made


def test_the_command_line_knows_every_method_and_quality():
    options = {option.name: option for option in main.commands["communities"].params}
    assert set(options["method"].type.choices) == set(METHODS)
    assert tuple(options["quality"].type.choices) == tuple(QUALITIES)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in ("leiden", "dec")])
def test_every_method_makes_a_partition_with_membership(linked, method):
    wanted = 3 if METHODS[method].number == "needed" else None
    made = pipeline.communities(linked, method=method, n_clusters=wanted)
    labels, soft = linked.get("partitions", method), linked.get("partitions", method, "membership")
    assert made.facts["n_clusters"] == len(set(labels[labels >= 0]))
    assert soft["membership"].shape == (60, max(labels.max() + 1, 0))
    assert set(soft) == {"membership", "confidence", "second", "role"}
    assert sum(made.facts["membership"]["roles"].values()) == 60
    assert (soft["role"][labels < 0] == ROLES.index("outlier")).all()
    assert not pipeline.communities(linked, method=method, n_clusters=wanted).fresh
    inputs = linked.label("partitions", method)["inputs"]
    assert "graphs/style" in inputs
    assert ("features/color" in inputs) == (METHODS[method].takes == "features")


def test_auto_says_what_it_chose_and_draws_it(linked):
    made = pipeline.communities(linked, resolution="auto", name="auto")
    assert made.facts["n_clusters"] == 3
    assert made.facts["verdict"].startswith("3 clusters at resolution")
    profile = made.facts["profile"]
    assert profile["n_clusters"][profile["chosen"]] == 3
    assert (linked.path / "plots" / "auto-resolution.png").is_file()
    json.dumps(made.facts)


def test_fixed_works_stay_together_and_the_column_is_noted(linked):
    made = pipeline.communities(linked, fixed="artist", name="fixed")
    labels = linked.get("partitions", "fixed")
    for artist, cluster in made.facts["fixed"].items():
        assert set(labels[linked.paintings["artist"] == artist]) == {cluster}
    assert "paintings/artist" in linked.label("partitions", "fixed")["inputs"]
    with pytest.raises(InputError, match="no column"):
        pipeline.communities(linked, fixed="school", name="x")


def test_layers_by_graph_and_by_part(linked):
    pipeline.communities(linked, graphs=("color", "artists=4"), name="layers")
    assert set(linked.label("partitions", "layers")["inputs"]) == {"graphs/style", "graphs/color"}
    labels, artists = linked.get("partitions", "layers"), linked.paintings["artist"]
    assert all(len(set(labels[artists == name])) == 1 for name in set(artists))
    with pytest.raises(InputError, match="no graph or layer 'school'"):
        pipeline.communities(linked, graphs=("school",), name="x")
    with pytest.raises(InputError, match="no number"):
        pipeline.communities(linked, graphs=("artists=strong",), name="x")


def test_levels_are_partitions_of_their_own(linked):
    pipeline.communities(linked, graph="sparse", resolution=6, name="fine", levels=3)
    levels = levels_of(linked, "fine")
    assert [made.key for made in levels] == ["fine-2", "fine-3"]
    fine, coarse = linked.get("partitions", "fine"), linked.get("partitions", "fine-2")
    assert coarse.max() < fine.max()
    assert all(len(set(coarse[fine == c])) == 1 for c in range(fine.max() + 1))
    assert linked.label("partitions", "fine-3")["inputs"].keys() == {"graphs/sparse", "partitions/fine-2"}
    assert levels_of(linked, "leiden-of-nobody") == []


def test_the_stage_stops_joining_where_hierarchy_does(linked):
    pipeline.communities(linked, graph="sparse", resolution=6, name="all", levels=9)
    above = hierarchy(linked.get("graphs", "sparse"), linked.get("partitions", "all"), levels=9)
    assert 0 < len(above) < 8
    assert [made.key for made in levels_of(linked, "all")] == [f"all-{level}" for level in range(2, len(above) + 2)]
    for level, labels in enumerate(above, 2):
        assert np.array_equal(linked.get("partitions", f"all-{level}"), labels)


def test_names_are_kept_within_a_corpus_and_from_another(linked, tmp_path):
    pipeline.communities(linked, n_clusters=3, name="first")
    earlier = linked.get("partitions", "first")
    made = pipeline.communities(linked, n_clusters=4, name="second", keep_names_of="first")
    labels = linked.get("partitions", "second")
    assert made.facts["n_clusters"] == 4
    assert (labels == earlier).mean() > 0.6
    assert not pipeline.communities(linked, n_clusters=4, name="second", keep_names_of="first").fresh
    # another corpus, in which six works are missing and six others stand before the rest
    table = linked.paintings.copy()
    table.loc[:5, "id"] = [f"0new{i}" for i in range(6)]
    other = Corpus.create(tmp_path / "other", table, image_root=linked.image_root)
    X = linked.get("features", "color")[linked.paintings.index[np.argsort(table["id"].to_numpy(), kind="stable")]]
    other.put("features", "color", {"": X}, made_by={"function": "test", "params": {}}, inputs={})
    pipeline.build_graph(other, on=("color",))
    pipeline.communities(other, n_clusters=3, name="first", keep_names_of=str(linked.path))
    known = dict(zip(linked.paintings["id"], earlier, strict=True))
    now = other.get("partitions", "first")
    assert all(known.get(key, label) == label for key, label in zip(other.paintings["id"], now, strict=True))


def test_membership_can_be_left_out(linked):
    made = pipeline.communities(linked, name="plain", membership=False)
    assert "membership" not in made.facts
    assert list(linked.label("partitions", "plain")["files"]) == ["plain.npy"]


def test_settings_that_do_not_go_together_are_refused(linked):
    for settings, message in (
        ({"method": "magic"}, "no method 'magic'"),
        ({"method": "kmeans"}, "how many clusters"),
        ({"method": "spectral", "fixed": "style"}, "setting of Leiden"),
        ({"method": "spectral", "resolution": "auto"}, "setting of Leiden"),
        ({"resolution": "auto", "n_clusters": 3}, "leave 'n_clusters' out"),
        ({"resolution": "auto", "max_size": 3}, "leave 'max_size' out"),
        ({"n_clusters": 3, "max_size": 9}, "do not go together"),
        ({"on": ("color",)}, "build-graph --on color"),
        ({"levels": 0}, "levels"),
    ):
        with pytest.raises(InputError, match=message):
            pipeline.communities(linked, name="x", **settings)


def test_on_the_command_line(linked):
    def call(*arguments):
        return CliRunner().invoke(main, ["communities", str(linked.path), *arguments])

    said = call("--resolution", "auto", "--levels", "2", "--name", "said").output
    assert "3 clusters at resolution" in said
    assert "60 core" in said
    assert call("--resolution", "some").exit_code == 2
    assert call("--resolution", "-1").exit_code == 2
    assert call("--method", "kmeans").exit_code == 1
