"""The methods paragraph says what was done, what to cite, and which labels had a say, in every combination."""

import itertools

import pytest

from artgraph.interpret import MethodsDescription, methods_text
from artgraph.interpret.methods import CITATIONS

NO_STYLE = "No style label was used before the clusters were found"
STYLE = "Style labels were used before the clusters were found"
LINKED = "Works by the same artist were linked"
TAUGHT = "Artists' names taught the latents"
UNTAUGHT = "No artist's name entered the latents"
ACROSS = "among works by other artists only"
GRAM = {"gram-resnet18": {"descriptor": "gram", "layers": ["a", "b"], "nothing": None}}


def text(**changes):
    graph = {"on": ["gram-resnet18"], "kernel": "jaccard"}
    common = {"n": 50, "version": "9.9", "descriptors": GRAM, "graph": graph, "partition": {"method": "leiden"}}
    return methods_text(MethodsDescription(**(common | changes)))


def claims(**changes):
    return text(**changes).partition(" Cite: ")[0]


def test_methods_name_what_was_done_and_what_to_cite():
    found = text(
        partition={"method": "leiden", "resolution": 1.0, "seed": 3},
        graph={
            "on": ["gram-resnet18"],
            "kernel": "jaccard",
            "artist_edges": True,
            "cross_artist": True,
            "regress_out": ["greyscale"],
        },
        facts={"n_clusters": 4, "modularity": 0.5, "unassigned": 2},
    )
    for part in (
        "50 paintings",
        "artgraph 9.9",
        "gram-resnet18 (layers a, b)",
        "4 clusters were found in the graph by leiden (resolution 1.0, seed 3)",
        "greyscale tells of the features had been regressed out",
        "circular",
        "among works by other artists",
        "2 paintings without a link",
        "Traag",
        "Gatys",
        "Levine",
    ):
        assert part in found
    for absent in ("None", "von Luxburg", "{", "Kipf"):
        assert absent not in found


@pytest.mark.parametrize(
    ("linked", "latents", "fixed", "across", "removed", "method"),
    list(
        itertools.product(
            (False, True),
            (None, "untaught", "taught"),
            (None, "style", "school"),
            (False, True),
            ((), ("greyscale",), ("style",)),
            ("leiden", "spectral", "kmeans"),
        )
    ),
)
def test_every_label_that_had_a_say_is_named_and_no_other(linked, latents, fixed, across, removed, method):
    graph = {"on": ["x"], "artist_edges": linked, "cross_artist": across, "regress_out": list(removed)}
    of_features = method == "kmeans"
    said = claims(
        graph=None if of_features else graph,
        vgae={"model": "vgae"} if latents else None,
        vgae_graph={"on": ["gram-resnet18"], "artist_edges": latents == "taught"} if latents else None,
        taught_by_names=latents == "taught",
        partition={"method": method, "fixed": fixed},
        columns_used=sorted({fixed} - {None} | ({"artist"} if (linked or across) and not of_features else set())),
    )
    in_graph = not of_features
    assert (LINKED in said) == (linked and in_graph)
    assert (ACROSS in said) == (across and in_graph)
    assert (TAUGHT in said) == (latents == "taught")
    assert (UNTAUGHT in said) == (latents == "untaught")
    assert (f"column '{fixed}' were held together" in said) == (fixed is not None)
    assert ("had been regressed out" in said) == (bool(removed) and in_graph)
    style = fixed == "style" or ("style" in removed and in_graph)
    assert said.endswith(f"{STYLE}.") == style
    assert said.endswith(f"{NO_STYLE}.") == (not style)
    artist = ((linked or across) and in_graph) or latents == "taught"
    circular = [name for name in ("artist", fixed) if name and (name != "artist" or artist)]
    if circular:
        assert f"against {', '.join(sorted(circular))} are therefore circular" in said
    else:
        assert "circular" not in said
    nothing = not circular and not (removed and in_graph)
    assert ("No column of the catalogue entered" in said) == nothing
    assert "None" not in said


@pytest.mark.parametrize(("read", "told"), [((), False), (("school",), False), (("school", "style"), True)])
def test_a_style_column_that_describes_the_clusters_is_told(read, told):
    said = claims(columns_read=read)
    assert NO_STYLE in said
    assert said.endswith("; the column 'style' was read only afterwards, to describe them.") == told
    fixed = claims(columns_read=read, partition={"method": "leiden", "fixed": "style"}, columns_used=["style"])
    assert fixed.endswith(f"{STYLE}.")


def test_artist_links_that_no_layer_used_had_no_say():
    graph = {"artist_edges": True, "artist_edge_weight": 0.5, "max_years": 20}
    assert "at 0.5 of the weight, where their dates are at most 20 years apart" in claims(graph=graph)
    for layers, used in ((["style=1"], False), (["style", "artists=0.5"], True)):
        said = claims(graph=graph, partition={"method": "leiden", "graphs": layers})
        assert (LINKED in said) == used
        assert ("circular" in said) == used


def test_columns_that_no_rule_explains_are_named():
    said = claims(columns_used=["museum", "style"])
    assert "Values of museum, style had a say" in said
    assert said.endswith(f"{STYLE}.")


def test_what_networks_learned_elsewhere_is_said():
    assert "artists' names, on works in the public domain" in claims(descriptors={"eye": {"descriptor": "eye"}})
    said = claims(descriptors={"csd": {"descriptor": "csd"}})
    assert "tagged with artists and styles" in said
    assert said.endswith("Apart from what features learned elsewhere, n" + NO_STYLE[1:] + ".")
    said = claims(descriptors={}, imported=["theirs"])
    assert "theirs (imported)" in said
    assert "imported features (theirs) learned from is not recorded" in said
    assert "No column" not in said
    tuned = claims(descriptors={"mine": {"descriptor": "mine"}}, tuned_by_names=["mine"], columns_used=["artist"])
    assert "The network of mine was tuned with the catalogue's names of artists" in tuned
    assert "against artist are therefore circular" in tuned
    assert tuned.endswith(f"{NO_STYLE}.")


@pytest.mark.parametrize(
    ("changes", "cited", "not_cited"),
    [
        ({"descriptors": {"programme": {"descriptor": "color"}}}, "Traag", "Gatys"),  # 'gram' is in its name
        ({"partition": {"method": "spectral"}}, "von Luxburg", "Traag"),
        ({"partition": {"method": "kmeans"}, "graph": None}, "Gatys", "FAISS"),
        ({"graph": {"kernel": "fuzzy", "merge": "snf", "hubness": "csls"}}, "Wang et al", "Levine"),
        ({"vgae": {"model": "vgae"}}, "Kipf", "Khosla"),
        ({"vgae": {"model": "contrastive"}, "taught_by_names": True}, "Khosla", "Kipf"),
    ],
)
def test_works_are_cited_by_what_was_used(changes, cited, not_cited):
    listing = text(**changes).partition(" Cite: ")[2]
    assert cited in listing
    assert not_cited not in listing


def test_every_citation_has_a_text():
    assert all(work for works in CITATIONS.values() for work in works.values())


def test_a_fused_feature_and_an_earlier_partition_are_told():
    said = claims(
        fusion={"on": ["a", "b"], "weights": [2.0, 1.0], "components": 128},
        partition={"method": "leiden", "keep_names_of": "0" * 64},
        facts={"n_clusters": 1},
    )
    assert "They were fused into one (weights 2.0, 1.0, components 128)" in said
    assert "1 cluster was found" in said
    assert "numbers of those of an earlier partition" in said
    assert "0000" not in said


@pytest.mark.parametrize(
    ("held", "told"), [(None, None), (0, None), (1, "One decision of a person"), (3, "3 decisions of people")]
)
def test_decisions_are_told_where_they_were_obeyed(held, told):
    facts = {} if held is None else {"decisions": {"held": held}}
    partition = {"method": "leiden", "decisions": True}
    text = methods_text(MethodsDescription(n=9, version="1", partition=partition, facts=facts))
    assert "decisions True" not in text
    assert ("obeyed" in text) == (told is not None)
    assert told is None or told in text


@pytest.mark.parametrize(("pieces", "said"), [(1, "by leiden."), (8, "by leiden (pieces 8).")])
def test_pieces_are_told_where_there_are_several(pieces, said):
    found = text(partition={"method": "leiden", "pieces": pieces})
    assert said in found
    assert ("pieces" in found) == (pieces > 1)
