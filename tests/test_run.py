"""run: every parameter reaches every stage that has it, and the partition that leads follows from a written rule."""

import inspect

import numpy as np
import pandas as pd
import pytest

from artgraph import pipeline
from artgraph.descriptors.tuning.config import TuningConfig
from artgraph.makers import STAGES
from artgraph.stages.base import features_under
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
        monkeypatch.setattr(pipeline, name, recorded(name))
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
        (0.2, 0.3, "vgae-leiden", "told apart better (0.2 → 0.3)"),
        (0.3, 0.3, "leiden", "no better"),
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
    assert f"--partition {'leiden' if lead == 'vgae-leiden' else 'vgae-leiden'}" in reason
    assert pipeline.lead_of(latents, "leiden")[0] == "leiden"
    assert pipeline.lead_of(latents, "vgae-leiden")[0] == "vgae-leiden"


def test_without_names_the_features_lead(tmp_path):
    toy_pictures(tmp_path / "in", n=60)
    said = []
    corpus = pipeline.run(tmp_path / "in", tmp_path / "corpus", descriptors=("color",), tell=said.append)
    assert pipeline.lead_of(corpus)[0] == "leiden"
    assert said[-1].startswith("Shown first: leiden (no artists' names taught the latents)")
    assert (corpus.path / "exports" / "leiden.gexf").is_file()


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
