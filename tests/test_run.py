"""run: every parameter reaches every stage that has it, and the partition that leads follows from a written rule."""

import inspect
import re

import numpy as np
import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.errors import ArtgraphError, InputError
from artgraph.makers import STAGES
from artgraph.stages import styles
from artgraph.stages.base import features_under
from artgraph.stages.lead import names_for, wants_vgae
from artgraph.testing import toy_corpus, toy_pictures
from artgraph.vgae.config import Config

STAGE_SETTINGS = {name: stage.settings for name, stage in STAGES.items()}
STAGE_SETTINGS |= {"train_vgae": Config, "train_descriptor": TuningConfig}
CALLED = (
    "ingest",
    "describe",
    "build_graph",
    "communities",
    "train_vgae",
    "evaluate",
    "interpret",
    "worklist",
    "layout",
    "export",
    "atlas",
)
OWN = {  # what run decides for a stage, and why it is not handed on as it is
    ("describe", "descriptors"): "made beforehand, so that missing weights stop the run before any work",
    ("describe", "device"): "the descriptors are made for it",
    ("communities", "progress"): None,
}


def has(stage, parameter):
    """Whether a stage takes a parameter, by itself or as a field of its settings."""
    own = inspect.signature(getattr(pipeline, stage)).parameters
    settings = STAGE_SETTINGS.get(stage)
    return parameter in own or (settings is not None and parameter in settings.__dataclass_fields__)


def test_every_parameter_of_run_reaches_every_stage_that_has_it(tmp_path, monkeypatch):
    metadata = toy_pictures(tmp_path / "in", n=60)
    table = pd.read_csv(metadata)
    table["artist"] = [f"Artist {k // 2}" for k in range(len(table))]  # 30 artists of two works: names teach
    table.to_csv(metadata, index=False)
    calls = []

    def recorded(name):
        function = getattr(pipeline, name)

        def call(*args, **kwargs):
            calls.append((name, dict(inspect.signature(function).bind_partial(*args, **kwargs).arguments)))
            given = calls[-1][1]
            calls[-1] = (name, given | given.pop("settings", {}))
            return function(*args, **({"epochs": 2} if name == "train_vgae" else {}), **kwargs)

        return call

    for name in CALLED:
        caller = styles if hasattr(styles, name) else pipeline
        monkeypatch.setattr(caller, name, recorded(name))
    given = {
        "metadata": metadata,
        "descriptors": ("color",),
        "artist_edges": True,
        "n_clusters": 3,
        "max_refused": 0.07,
        "workers": 1,
        "seed": 5,
        "device": "cpu",
        "progress": lambda stage, done, total: None,
    }
    assert set(given) <= set(inspect.signature(pipeline.run).parameters)
    pipeline.run(tmp_path / "in", tmp_path / "corpus", **given)
    assert {name for name, _ in calls} == set(CALLED)
    for name, arguments in calls:
        for parameter, value in given.items():
            if has(name, parameter) and (name, parameter) not in OWN:
                assert arguments.get(parameter) == value, f"run's {parameter} does not reach {name}"


@pytest.fixture(scope="module")
def latents(tmp_path_factory):
    """A corpus with both partitions, names taught."""
    corpus = toy_corpus(tmp_path_factory.mktemp("lead"), n=60)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), artist_edges=True)
    pipeline.communities(corpus)
    assert pipeline.lead_of(corpus)[0] == "leiden"  # the only one
    pipeline.train_vgae(corpus, epochs=2)
    pipeline.build_graph(corpus, on=("vgae",), name="vgae")
    pipeline.communities(corpus, graph="vgae")
    return corpus


@pytest.mark.parametrize(
    ("before", "after", "lead", "why"),
    [
        (0.2, 0.3, "vgae-leiden", "told apart better (20% → 30% of the nearest works are by the same artist)"),
        (0.5263, 0.5332, "vgae-leiden", "(52.6% → 53.3% of the nearest"),
        (0.3, 0.3, "leiden", "no better than the features do (30% → 30% of"),
        (None, None, "leiden", "too few artists"),
    ],
)
def test_the_latents_lead_where_names_taught_them_and_held_out_artists_say_so(
    latents, monkeypatch, before, after, lead, why
):
    label = latents.label
    facts = {"artist_precision_before": before, "artist_precision": after}
    monkeypatch.setattr(
        type(latents),
        "label",
        lambda self, kind, key: label(kind, key) | ({"facts": facts} if (kind, key) == ("models", "vgae") else {}),
    )
    first, reason = pipeline.lead_of(latents)
    assert first == lead
    assert why in reason
    assert pipeline.lead_of(latents, "leiden")[0] == "leiden"
    assert pipeline.lead_of(latents, "vgae-leiden")[0] == "vgae-leiden"


def test_without_names_the_features_lead(tmp_path):
    toy_pictures(tmp_path / "in", n=60)
    said = []
    corpus = pipeline.run(tmp_path / "in", tmp_path / "corpus", descriptors=("color",), tell=said.append)
    assert pipeline.lead_of(corpus)[0] == "leiden"
    assert (corpus.path / "exports" / "leiden.gexf").is_file()
    assert not corpus.has("models", "vgae")
    (skipped,) = (text for text in said if "autoencoder is trained" in text)
    assert f"--lead vgae-leiden, or artgraph train-vgae {corpus.path}" in skipped
    # the end, word for word
    here = corpus.path
    assert said[said.index("") :] == [
        "",
        "60 pictures found = 60 taken + 0 refused",
        "not pictures that artgraph reads: 1 .csv",
        "no artists, dates or titles are known; a spreadsheet with them, given with --metadata, says more",
        "",
        "Shown: leiden, 3 clusters, found in the features; the only one, because no autoencoder was trained.",
        "",
        "What to do next:",
        f"1. Open {here}/atlas/index.html (double-click); to share it, zip the folder atlas.",
        "2. Say who painted what and when, and run it again: --metadata FILE, with columns path, artist, title, date.",
        f"3. Open {here}/exports/leiden.csv in Excel, leiden.gexf beside it in Gephi.",
        f"4. Name clusters and say where works belong: artgraph serve {here}",
        f"Everything that is there, and how it was made: artgraph info {here}",
    ]
    # measures are for `artgraph info` and --diagnose
    for word in ("hubness", "active unit", "AUC", "modularity", "KL", "latent"):
        assert not any(word in text for text in said), word


def with_artists(folder, artists):
    """Write 60 toy pictures, or as many as there are artists, with these artists; return the spreadsheet."""
    metadata = toy_pictures(folder, n=len(artists))
    pd.read_csv(metadata).assign(artist=artists).to_csv(metadata, index=False)
    return metadata


@pytest.mark.parametrize(
    ("artists", "used", "line"),
    [
        ([f"Artist {row // 2}" for row in range(60)], True, "because 30 artists have two works or more.*--no-artist-"),
        ([f"Artist {row // 2}" for row in range(58)], False, "not used: 29 artists have.*all the same: --artist-edges"),
        (["Jan Steen"] * 9, False, "not used: 1 artist has two works or more"),
        ([f"Artist {row}" for row in range(9)], False, "not used: no artist has two works or more.*names help.$"),
        (["unknown"] * 9, False, "not used: no artist has two works"),
        ([None] * 9, False, None),
    ],
    ids=["30 artists", "29 artists", "one artist", "one work each", "unknown", "no names"],
)
def test_names_are_used_where_many_artists_have_two_works(tmp_path, artists, used, line):
    metadata = with_artists(tmp_path / "in", artists)
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "corpus", metadata=metadata)
    found, lines = names_for(corpus)
    assert found == used
    assert len(lines) == (line is not None)
    assert all(re.search(line, text) for text in lines)
    assert names_for(corpus, True) == (True, [])
    assert names_for(corpus, False) == (False, [])


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("works", [2, 3])  # 30 artists, or 20
def test_an_earlier_run_decides_for_later_ones(tmp_path, before, works):
    metadata = with_artists(tmp_path / "in", [f"Artist {row // works}" for row in range(60)])
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "corpus", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color",))
    made = pipeline.build_graph(corpus, on=("color",), artist_edges=before)
    used, (line,) = names_for(corpus)
    assert used == before
    assert ("--no-artist-edges" if before else "To use them") in line
    assert ("as before" in line) == (before or works == 2)
    assert not pipeline.build_graph(corpus, on=("color",), artist_edges=used).fresh
    assert made.facts["edges"] > 10
    # an autoencoder is trained where names teach, where it is asked for, or where it is there
    assert wants_vgae(corpus, "auto", names=True) == wants_vgae(corpus, "vgae-leiden", names=False) == (True, [])
    assert wants_vgae(corpus, "auto", names=False)[0] is False
    pipeline.train_vgae(corpus, epochs=1)
    assert wants_vgae(corpus, "auto", names=False) == (True, [])


def test_every_stage_of_a_run_says_that_it_has_begun(tmp_path):
    toy_pictures(tmp_path / "in", n=9)
    begun = []

    def progress(stage, done, total):
        if not total:
            begun.append(stage)

    pipeline.run(tmp_path / "in", tmp_path / "corpus", descriptors=("color",), progress=progress)
    assert list(dict.fromkeys(begun)) == [
        "checks", "ingest", "describe", "build-graph", "communities", "evaluate", "interpret", "worklist", "map",
        "export", "atlas",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked") / "in"
    metadata = toy_pictures(folder, n=9)
    table = pd.read_csv(metadata)
    table.assign(artist=[f"Artist {k}" for k in range(9)]).to_csv(folder / "each-once.csv", index=False)
    table.rename(columns={"artist": "Hand"}).to_csv(folder / "other-name.csv", index=False)
    (folder / "no.safetensors").write_bytes(b"no weights")
    (folder / "file").write_bytes(b"")
    return folder


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n_clusters": 10}, r"--n-clusters is 10, and .*in holds 9 pictures; ask for fewer"),
        ({"lead": "vgae-leiden"}, "--lead vgae-leiden needs 50 paintings.*holds 9 pictures; take --lead leiden"),
        ({"lead": "liden"}, r"no lead 'liden'.*Did you mean 'leiden'\?"),
        ({"seed": -1}, "seed is -1"),
        ({"descriptors": ("eey",)}, r"Did you mean 'eye'\?"),
        ({"descriptors": ("GRAM",)}, r"Did you mean 'gram'\?"),
        ({"descriptors": ("color", "color")}, "by the name 'color'; name each once"),
        ({"descriptors": ("gram:resnet81",)}, r"no network 'resnet81' \(near it: resnet18"),
        (
            {"descriptors": ("gram:resnet10t",), "weights": "in/no.safetensors"},
            "no.safetensors cannot be read as weights",
        ),
        ({"descriptors": ("gram:resnet10t",), "weights": "in/nowhere.safetensors"}, "No weights file"),
        ({"size": 64}, "--size is of no use to color.*--with gram"),
        ({"tiles": True}, "--tiles is of no use to color.*--with csd"),
        ({"window_cm": 3.0}, "--window-cm is of no use to color.*--with patches"),
        ({"weights": "in/no.safetensors"}, "--weights is of no use to color"),
        ({"descriptors": ("patches",), "window_cm": 3.0}, "there is no spreadsheet"),
        (
            {"descriptors": ("patches",), "window_cm": 3.0, "metadata": "in/metadata.csv"},
            "has no column height_cm and no width_cm",
        ),
        ({"artist_edges": True}, "--artist-edges needs the artists.*there is no spreadsheet.*--metadata"),
        (
            {"artist_edges": True, "metadata": "in/other-name.csv"},
            "needs an artist with two works.*its columns: .*Hand.*--column artist=",
        ),
        ({"artist_edges": True, "metadata": "in/each-once.csv"}, "needs an artist with two works"),
        ({"metadata": "in/nowhere.csv"}, "nowhere.csv"),
        ({"device": "cuda"}, "no GPU"),
    ],
    ids=str,
)
def test_what_cannot_be_had_is_refused_before_anything_is_written(pictures, monkeypatch, asked, message):
    if asked.get("device") == "cuda":
        monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.chdir(pictures.parent)
    told = []
    with pytest.raises(ArtgraphError, match=message):
        pipeline.run("in", "out", **{"descriptors": ("color",), "tell": told.append} | asked)
    assert told == []
    assert not (pictures.parent / "out").exists()


def test_a_file_in_the_place_of_the_corpus(pictures):
    with pytest.raises(InputError, match="is a file; -o takes a folder"):
        pipeline.run(pictures, pictures / "file", descriptors=("color",))


def test_what_the_pictures_that_were_taken_cannot_give_is_refused_before_they_are_described(tmp_path):
    toy_pictures(tmp_path / "in", n=4)
    (tmp_path / "in" / "images" / "bad.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"--n-clusters is 5, and .*corpus holds 4 paintings"):
        pipeline.run(tmp_path / "in", tmp_path / "corpus", descriptors=("color",), n_clusters=5, max_refused=0.5)
    assert not (tmp_path / "corpus" / "features").exists()


def test_typicality_is_the_same_on_the_page_in_exports_and_in_what_interpret_says(tmp_path):
    """With something regressed out of the features, which once only some of them honoured."""
    from artgraph.interpret import typicality
    from artgraph.stages.view import View

    corpus = toy_corpus(tmp_path, n=60)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), regress_out=("brightness",))
    pipeline.communities(corpus)
    labels = corpus.get("partitions", "leiden")
    expected = typicality(features_under(corpus, "leiden"), labels)
    assert not np.allclose(expected, typicality(corpus.get("features", "color"), labels))
    np.testing.assert_array_equal(View(corpus, "leiden").typicality, expected)
    table = pd.read_csv(pipeline.export(corpus, to="csv").key, encoding="utf-8-sig")
    np.testing.assert_allclose(table["typicality"], expected, atol=1e-4)
    clusters = pipeline.interpret(corpus).facts["clusters"]
    ids = corpus.paintings["id"].to_numpy()
    for one in clusters:
        members = np.flatnonzero(labels == one["cluster"])
        assert one["exemplars"][0] == ids[members[np.argmax(expected[members])]]
    seen = {}
    import artgraph.atlas as page

    original = page.write_atlas
    try:
        page.write_atlas = lambda *args, **kwargs: seen.update(args=args, kwargs=kwargs) or original(*args, **kwargs)
        pipeline.atlas(corpus)
    finally:
        page.write_atlas = original
    given = [*seen["args"], *seen["kwargs"].values()]
    found = [getattr(one, "typicality", None) for one in given] + [seen["kwargs"].get("typicality")]
    assert any(value is not None and np.array_equal(value, expected) for value in found)
