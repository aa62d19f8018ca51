"""interpret, worklist, influence and the confounds, from pictures to files."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import CircularError, InputError
from artgraph.lineage import Lineage, Ref
from artgraph.stages.base import thumbnails
from artgraph.testing import toy_pictures
from data.painter import SCENES, paint_scene


@pytest.fixture(scope="module")
def walked(described, tmp_path_factory):
    """A copy of the corpus of 60 pictures, for reports."""
    copy = tmp_path_factory.mktemp("walked") / "corpus"
    shutil.copytree(described.path, copy)
    head = json.loads((copy / "corpus.json").read_text("utf-8"))
    if not (copy / head["image_root"]).is_dir():
        head["image_root"] = str(described.image_root)
        (copy / "corpus.json").write_text(json.dumps(head), "utf-8")
    return Corpus(copy)


def test_clusters_are_described(walked):
    made = pipeline.interpret(walked)
    assert not pipeline.interpret(walked).fresh
    clusters = made.facts["clusters"]
    labels = walked.get("partitions", "leiden")
    assert [one["cluster"] for one in clusters] == list(range(labels.max() + 1))
    assert sum(one["size"] for one in clusters) == (labels >= 0).sum()
    first = clusters[0]
    assert set(first["exemplars"]) <= set(walked.paintings["id"][labels == 0])
    assert first["columns"]["style"][0]["p"] < 0.001
    assert {row["name"] for row in first["descriptors"]} == {"color", "texture"}
    assert all(len(color) == 7 for color in first["palette"])
    assert first["sentence"].startswith(f"{first['size']} of 60 works. More frequent here: ")
    assert first["visual"] == []  # two artists in each cluster are no more than two witnesses
    assert "leiden" in made.facts["methods"]
    table = pd.read_csv(walked.path / "exports" / "leiden-clusters.csv")
    assert table["cluster"].tolist() == [one["cluster"] for one in clusters]


def test_what_a_catalogue_says_cannot_steer_a_terminal_or_a_spreadsheet(tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=30)
    table = pd.read_csv(metadata)
    table["artist"] = table["artist"].map(lambda name: f"=cmd() \x1b[31m{name}")
    table.to_csv(metadata, index=False)
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("texture",))
    pipeline.build_graph(corpus, on=("texture",))
    pipeline.communities(corpus)
    for command in ("interpret", "worklist", "evaluate"):
        shown = CliRunner().invoke(main, [command, str(corpus.path)])
        assert shown.exit_code == 0, shown.output
        assert "\x1b" not in shown.output
    for name in ("clusters", "worklist"):
        text = (corpus.path / "exports" / f"leiden-{name}.csv").read_text("utf-8-sig")
        assert "\x1b" not in text
        assert not any(cell.strip('"').startswith("=") for line in text.splitlines() for cell in line.split(","))


def test_influence_on_dates(walked):
    made = pipeline.influence(walked)
    assert [one["dated"] for one in made.facts["clusters"]] == [one["size"] for one in made.facts["clusters"]]
    assert (walked.path / "plots" / "leiden-influence.png").is_file()


def test_commands_print_and_are_json(walked):
    for command, word in (("interpret", "Cite: "), ("worklist", "works to look at again"), ("influence", "median")):
        shown = CliRunner().invoke(main, [command, str(walked.path)])
        assert shown.exit_code == 0, shown.output
        assert word in shown.output
        printed = CliRunner().invoke(main, [command, str(walked.path), "--json"])
        assert json.loads(printed.output)["partition"] == "leiden"


def test_pictures_alone_are_judged_and_described(tmp_path):
    toy_pictures(tmp_path / "in", n=24)
    (tmp_path / "in" / "metadata.csv").unlink()
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out")
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",))
    pipeline.communities(corpus)
    facts = pipeline.evaluate(corpus).facts
    assert "scores" not in facts
    assert facts["internal"]["silhouette"]["value"] > 0
    assert "No painting in a cluster has a style" in facts["caveats"][0]
    assert CliRunner().invoke(main, ["evaluate", str(corpus.path)]).exit_code == 0
    clusters = pipeline.interpret(corpus).facts["clusters"]
    assert clusters[0]["artists"] == clusters[0]["decades"] == []
    assert clusters[0]["sentence"].split(".")[0] == f"{clusters[0]['size']} of 24 works"
    for one in clusters:  # three manners, each of a colour and a direction of its own: every work is a witness
        assert one["visual"]
        said = re.search(
            r"Compared with the rest, these works tend to [^.]* \((each )?p (< 0\.001|≤ 0\.0\d\d)\)", one["sentence"]
        )
        assert said, one["sentence"]
        for row in one["visual"]:
            assert row["p"] <= 0.05
            assert (row["median"] > row["median_rest"]) == (row["effect"] > 0)
    told = pd.read_csv(corpus.path / "exports" / "leiden-clusters.csv")["compared with the rest"]
    assert all(row["words"] in text for one, text in zip(clusters, told, strict=True) for row in one["visual"])
    assert {work["kind"] for work in pipeline.worklist(corpus).facts["works"]} <= {"alone"}
    with pytest.raises(InputError, match="no order in time"):
        pipeline.influence(corpus)


def test_anonymous_works_have_nearest_artists(tmp_path):
    metadata = toy_pictures(tmp_path / "in", n=30)
    table = pd.read_csv(metadata)
    table["school"] = table["style"].str.replace("manner", "school of")
    table["artist"] = table["artist"].str[:-1] + "x"  # one artist in each manner
    table.loc[:2, "artist"] = ["Unknown", "workshop of Artist 1x", None]
    table.to_csv(metadata, index=False)
    corpus = pipeline.ingest(tmp_path / "in", tmp_path / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",))
    pipeline.communities(corpus)
    facts = pipeline.worklist(corpus, kinds=("anonymous", "school")).facts
    works = {work["id"]: work for work in facts["works"]}
    assert set(corpus.paintings["id"][1:3]) <= set(works) <= set(corpus.paintings["id"][:3])
    for row, manner in ((1, "1"), (2, "2")):
        assert works[corpus.paintings["id"][row]]["artists"][0] == f"Artist {manner}x"
    assert "workshop of" in works[corpus.paintings["id"][1]]["sentence"]
    assert "nearer to works by Artist 1" in works[corpus.paintings["id"][1]]["sentence"]


def test_what_made_links_cannot_judge(walked):
    pipeline.build_graph(walked, on=("color",), name="linked", artist_edges=True)
    pipeline.communities(walked, graph="linked")
    assert Lineage(walked).columns_used(Ref("partitions", "linked-leiden")) == ["artist"]
    with pytest.raises(CircularError, match="artist"):
        pipeline.evaluate(walked, partition="linked-leiden", against="artist")
    assert "artist" not in pipeline.evaluate(walked, partition="linked-leiden").facts["retrieval"]
    pipeline.train_vgae(walked, graph="linked", name="learned", epochs=3)
    assert Lineage(walked).descriptors(("learned", "texture")) == ("color", "texture")


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory):
    """64 painted pictures in four manners of colour, a third of them reproduced in black and white."""
    folder = tmp_path_factory.mktemp("reproduced")
    (folder / "in").mkdir()
    manners, scenes = ("impasto", "pointillist", "watercolour", "cubist"), list(SCENES)[:8]
    rows = []
    for number in range(64):
        manner, scene = manners[number % 4], scenes[number // 4 % 8]
        picture = Image.fromarray(paint_scene(scene, manner, seed=number, size=(72, 96)))
        if number // 4 % 3 == 0:
            picture = picture.convert("L").convert("RGB")
        picture.save(folder / "in" / f"{number:03d}.png")
        rows.append([f"{number:03d}.png", manner])
    metadata = folder / "in" / "metadata.csv"
    pd.DataFrame(rows, columns=["path", "style"]).to_csv(metadata, index=False)
    corpus = pipeline.ingest(folder / "in", folder / "out", metadata=metadata)
    pipeline.describe(corpus, descriptors=("color", "texture"))
    pipeline.describe(corpus, descriptors=("texture",), ignore_color=True)
    return corpus


def test_grey_reproductions_are_caught_and_the_remedies_help(reproduced):
    found = {}
    grey = next(key for key in reproduced.keys("features") if key.startswith("texture-"))
    for name, on, out in (
        ("plain", ("color", "texture"), ()),
        ("regressed", ("color", "texture"), ("greyscale",)),
        ("ignored", (grey,), ()),
    ):
        pipeline.build_graph(reproduced, on=on, name=name, regress_out=out)
        made = pipeline.communities(reproduced, graph=name, name=name, n_clusters=4, membership=False)
        facts = pipeline.evaluate(reproduced, partition=made.key).facts
        table = {row["column"]: row["ami"] for row in facts["confounds"]}
        found[name] = table["greyscale"], facts["scores"]["ami"], facts["caveats"]
    assert found["plain"][0] > 0.2
    assert any("greyscale" in sentence and "--ignore-color" in sentence for sentence in found["plain"][2])
    for remedy in ("regressed", "ignored"):
        assert found[remedy][0] < 0.05
        assert found[remedy][1] > found["plain"][1]
        assert not any("follow greyscale" in sentence for sentence in found[remedy][2])


def test_regressing_out_is_an_input_like_any_other(reproduced):
    made = pipeline.build_graph(reproduced, on=("texture",), name="again", regress_out=("margin", "one tone"))
    assert not pipeline.build_graph(reproduced, on=("texture",), name="again", regress_out=("margin", "one tone")).fresh
    assert {"features/thumbnails", "features/texture"} <= set(reproduced.label("graphs", "again")["inputs"])
    assert made.facts["edges"] > 0
    with pytest.raises(InputError, match=r"no column 'colour'.*greyscale"):
        pipeline.build_graph(reproduced, on=("texture",), name="again", regress_out=("colour",))


def test_thumbnails_are_measured_once(walked):
    assert thumbnails(walked).facts["columns"] == ["margin", "hue spread"]
    assert not thumbnails(walked).fresh
    assert walked.get("features", "thumbnails", "tiny").shape == (60, 16, 16, 3)
    assert np.isfinite(walked.get("features", "thumbnails", "visual")[:, 0]).all()
    assert walked.get("features", "thumbnails", "round").shape == (60,)
    assert np.isfinite(walked.get("features", "thumbnails")).all()
    assert Lineage(walked).basis("leiden").features == ("color", "texture")


def test_the_report_reads_well(walked):
    facts = pipeline.evaluate(walked, confounds=("artist",)).facts
    assert "artist" in {row["column"] for row in facts["confounds"]}
    shown = CliRunner().invoke(main, ["evaluate", str(walked.path), "--confound", "artist"]).output
    for words in (
        "agreement with style",
        "each value and the cluster that holds it best",
        "silhouette",
        "nearest works: same style, works of other artists",
        "what else the clusters follow",
        "near-duplicates",
        "60 paintings are few",
    ):
        assert words in shown
    assert max(len(line) for line in shown.splitlines() if "pairs of pictures" not in line) < 160
    assert "nan" not in shown.casefold().split()
    with pytest.raises(InputError, match="no column 'museum'"):
        pipeline.evaluate(walked, confounds=("museum",))


def test_a_partition_of_features_is_judged_by_these(walked):
    made = pipeline.communities(walked, method="kmeans", on=("color",), n_clusters=3)
    assert Lineage(walked).basis(made.key).features == ("color",)
    facts = pipeline.evaluate(walked, partition=made.key).facts
    assert facts["internal"]["silhouette"]["value"] > 0
    described = pipeline.interpret(walked, partition=made.key).facts["clusters"][0]
    assert [row["name"] for row in described["descriptors"]] == ["color"]
    works = pipeline.worklist(walked, partition=made.key).facts["works"]
    assert all([one["descriptor"] for one in work["evidence"]] == ["color"] for work in works)
