"""The reviewer's report: its figures are those that info, evaluate and the page say, and it says what is amiss."""

import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import Corpus, pipeline
from artgraph.cli import main
from artgraph.errors import InputError
from artgraph.evaluation import evaluation_report
from artgraph.review import Document, Items, Reviewed, Section, Table, sections, to_html, to_pdf
from artgraph.testing import toy_corpus


class Page(HTMLParser):
    """The tables of a page, by their headings, as lists of rows; and its text, heading by heading."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.texts, self.links, self.heading, self.inside = {}, {}, [], "", ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag in ("h2", "h3"):
            self.heading, self.inside = "", "heading"
        elif tag == "tr":
            self.tables.setdefault(self.heading, []).append([])
        elif tag in ("td", "th"):
            self.inside = "cell"
            self.tables[self.heading][-1].append("")

    def handle_endtag(self, tag):
        if tag in ("h2", "h3", "td", "th"):
            self.inside = ""

    def handle_data(self, data):
        if self.inside == "heading":
            self.heading += data
        elif self.inside == "cell":
            self.tables[self.heading][-1][-1] += data
        else:
            self.texts[self.heading] = self.texts.get(self.heading, "") + data

    def under(self, start):
        return next(table for name, table in self.tables.items() if start in name)

    def said(self, start):
        return next(text for name, text in self.texts.items() if start in name)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    corpus = toy_corpus(tmp_path_factory.mktemp("reviewed"), n=60)
    pipeline.describe(corpus, descriptors=("color", "texture"))
    pipeline.build_graph(corpus, on=("color", "texture"), n_neighbors=5)
    pipeline.communities(corpus, resolution=2.0)
    return corpus, pipeline.review(corpus, runs=5)


@pytest.fixture(scope="module")
def page(made):
    with open(made[1].key, encoding="utf-8") as file:
        return Page(file.read())


# ---- two routes to one figure


def test_agreement_chance_and_confounds_are_what_evaluate_prints(made, page):
    """Every line that evaluate prints is a row of the report's tables, or a sentence in it."""
    corpus = made[0]
    printed = evaluation_report(pipeline.evaluate(corpus).facts)
    rows = {"".join("".join(row).split()) for table in page.tables.values() for row in table}
    said = "".join("".join(page.texts.values()).split())
    lines = ["".join(line.split()) for line in printed.splitlines()[1:] if line.startswith("  ")]
    assert len(lines) > 40
    for line in lines:
        assert line in rows or line in said, line
    command = CliRunner().invoke(main, ["evaluate", str(corpus.path)])
    assert command.output.endswith(printed)


def test_clusters_and_their_sizes_are_those_of_info_and_the_page(made, page, tmp_path):
    corpus, review = made
    found = next(one["facts"] for one in pipeline.info(corpus)["things"] if one["kind"] == "partitions")
    count = found["n_clusters"]
    assert f"in {count} clusters." in page.said("In short")
    assert f"Modularity is {found['modularity']:.3f}." in page.said("How the clusters were made")
    printed = CliRunner().invoke(main, ["info", str(corpus.path)]).output
    assert f"modularity {found['modularity']:.3f}" in printed
    pipeline.atlas(corpus, partition="leiden", out=tmp_path / "atlas", images="none")
    text = (tmp_path / "atlas" / "data.js").read_text("utf-8")
    shown = json.loads(text.removeprefix("window.artgraph = { data: ").removesuffix(" };\n"))
    sizes = {str(one["label"]): str(len(one["works"])) for one in shown["clusters"] if one["label"] >= 0}
    assert len(sizes) == count > 2
    for heading in ("How reliable", "How well", "over time"):
        head, *rows = page.under(heading)
        assert {row[0]: row[head.index("works")] for row in rows} == sizes
    again = json.loads(CliRunner().invoke(main, ["review", str(corpus.path), "--runs", "5", "--json"]).stdout)
    assert again["stability"] == review.facts["stability"]


def test_stability_cuts_and_history_are_those_of_the_label(made, page):
    corpus, review = made
    facts = corpus.label("reports", "leiden-review")["facts"]
    assert {key: value for key, value in review.facts.items() if key != "pdf"} == facts
    for row, one in zip(page.under("How reliable")[1:], facts["stability"], strict=True):
        assert row[2] == f"{one['jaccard']:.3f}"
        assert row[3] == f"{one['low']:.3f} to {one['high']:.3f}"
        assert (one["runs"], row[-1]) == (5, "stable" if one["jaccard"] >= 0.75 else row[-1])
    for row, one in zip(page.under("How well")[1:], facts["cuts"], strict=True):
        assert row[2:] == [
            str(one["links"]),
            str(one["cut"]),
            f"{one['needed']:.3f}",
            "yes" if one["well_connected"] else "no",
        ]
    assert [one["until"] for one in facts["history"]] == [1909, 1919, 1929, 1939, 1949, 1959]
    last = facts["history"][-1]["clusters"]
    assert last == {str(label): int(n) for label, n in enumerate(np.bincount(corpus.get("partitions", "leiden")))}
    assert "Up to 1909: 10 works in " in page.said("over time")


def test_the_commands_are_those_that_info_says(made, page):
    corpus = made[0]
    no_part = ("layout", "thumbnails", "worklist")
    things = [one for one in pipeline.info(corpus)["things"] if one["stage"] not in no_part]
    said = {one["command"].replace(str(corpus.path), "CORPUS") for one in things}
    text = page.said("How the clusters were made")
    for command in said:
        assert command in text, command
    assert "artgraph review CORPUS --runs 5" in said


# ---- the files


def test_the_page_is_one_file_that_loads_nothing(made, page):
    assert all(link.startswith(("#", "data:image/svg+xml;base64,")) for link in page.links)
    with open(made[1].key, encoding="utf-8") as file:
        text = file.read()
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert str(made[0].path) not in text
    assert len([link for link in page.links if link.startswith("data:")]) == 3


def test_the_same_corpus_gives_the_same_bytes(made, tmp_path):
    corpus, first = made
    again = pipeline.review(corpus, runs=5, out=tmp_path / "again.html")
    for one, other in ((first.key, again.key), (first.facts["pdf"], again.facts["pdf"])):
        with open(one, "rb") as file, open(other, "rb") as copy:
            assert file.read() == copy.read()
    with open(again.facts["pdf"], "rb") as file:
        data = file.read()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert b"CreationDate" not in data
    assert len(re.findall(rb"/Type /Page\b", data)) >= 3


def test_it_is_html_or_refused(made, tmp_path):
    with pytest.raises(InputError, match="write it as thesis"):
        pipeline.review(made[0], out=tmp_path / "thesis.pdf")


def test_hostile_text_is_text():
    table = Table(["<b>", "n"], [["</td><script>x()</script>", "1"]], "<h1>")
    document = Document(
        "<title>", "a & b", [Section("<i>", ["<p>", Items(["<li>"]), Items(["a && b"], commands=True), table])]
    )
    text = to_html(document)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert text.count("<td") == 2
    data = to_pdf(Document("Ōtagaki 星月夜", "", [Section("é" * 300, ["x " * 3000, table, Items(["y" * 500])])]))
    assert data.startswith(b"%PDF-")


# ---- what is amiss is said


def copied(corpus, folder):
    shutil.copytree(corpus.path, folder / "corpus")
    return Corpus(folder / "corpus")


def test_what_is_stale_and_what_is_not_met_is_said(made, tmp_path):
    corpus = copied(made[0], tmp_path)
    pipeline.worklist(corpus)
    ids = corpus.paintings["id"]
    rows = pd.DataFrame({"id": ids[:2], "label": ["one", "one"]})
    rows.to_csv(tmp_path / "decided.csv", index=False)
    pipeline.decide(corpus, tmp_path / "decided.csv", who="Ada")
    table = corpus.paintings.assign(artist=corpus.paintings["artist"].str.upper())
    corpus = Corpus.create(corpus.path, table, image_root=made[0].image_root)
    text = reviewed(corpus, tmp_path).said("changed since")
    stale = [one for one in pipeline.info(corpus)["things"] if one["stale"]]
    assert [one["key"] for one in stale] == ["leiden-worklist"]  # what the report rests on was made again
    assert f"reports/leiden-worklist: {stale[0]['stale'][0]}. {stale[0]['command']}" in text
    assert "Decisions have changed since the clusters were found" in text


def reviewed(corpus, folder, partition="leiden"):
    made = pipeline.review(corpus, partition=partition, runs=2, out=folder / "x.html")
    with open(made.key, encoding="utf-8") as file:
        return Page(file.read())


def test_what_cannot_be_measured_is_said_with_the_reason(made, tmp_path):
    corpus = copied(made[0], tmp_path)
    pipeline.communities(corpus, method="kmeans", n_clusters=3, on=("color",), name="km")
    facts = pipeline.review(corpus, partition="km", runs=2, out=tmp_path / "km.html").facts
    assert all(0 < one["jaccard"] <= 1 for one in facts["stability"])
    undated = corpus.paintings.assign(date=None, style=None)
    undated["date"], undated["style"] = undated["date"].astype("string"), undated["style"].astype("string")
    corpus = Corpus.create(corpus.path, undated, image_root=made[0].image_root)
    pipeline.communities(corpus, fixed="artist", name="fixed")
    page = reviewed(corpus, tmp_path, "fixed")
    text = page.said("not checked")
    assert "Whether clusters are found again in subsamples: the column 'artist' fixes the clusters of works." in text
    assert "Births and splits over time: no two works are dated to different years." in text
    assert "Agreement with a column: no work in a cluster has a 'style'." in text
    assert "This was not measured; the last section says why." in page.said("How reliable")


def test_replay_measures_it_again(made, tmp_path):
    corpus = copied(made[0], tmp_path)
    assert pipeline.replay(corpus, tmp_path / "again", images=made[0].image_root)["reports/leiden-review"] == "the same"


def known(**other):
    about = {
        "name": "c", "partition": "p", "version": "1", "n": 30, "artists": 4, "dated": 20,
        "facts": {"n_clusters": 2, "unassigned": 1}, "names": {1: "Harbours"}, "evaluation": None, "stability": None,
        "cuts": None, "history": None, "runs": 20, "times": None, "methods": "M.", "commands": ["artgraph x"],
    }  # fmt: skip
    return Reviewed(**about | other)


def test_sentences_by_hand():
    one = {
        "cluster": 0,
        "size": 20,
        "runs": 20,
        "jaccard": 0.9,
        "low": 0.8,
        "high": 1.0,
        "chance": 0.2,
        "dissolved": 0.0,
    }
    other = one | {"cluster": 1, "size": 9, "jaccard": 0.4, "dissolved": 0.75}
    cut = {"cluster": 0, "size": 20, "links": 60, "cut": 4, "needed": np.log10(20), "well_connected": True}
    weak = cut | {"cluster": 1, "size": 11, "cut": 1, "needed": np.log10(11), "well_connected": False}
    steps = [
        {"until": 1800, "works": 1, "clusters": {"0": 1}},
        {
            "until": 1850,
            "works": 9,
            "clusters": {"0": 6, "1": 3},
            "born": [],
            "gone": [4],
            "merged": [{"from": [2, 3], "into": 0}],
        }
        | {"split": [{"from": 0, "into": [0, 1]}]},
        {"until": 1900, "works": 20, "clusters": {"0": 12, "1": 8}, "born": [], "gone": [], "merged": [], "split": []},
    ]
    found = {
        part.title: part.blocks
        for part in sections(
            known(stability=[one, other], cuts=[cut, weak], history=steps, decided=3, missing=["X: why."])
        )
    }
    assert list(found["In short"][0].texts) == [
        "30 works by 4 artists, 20 of them dated, in 2 clusters; 1 work in none.",
        "Found again in subsamples: 1 of 2 clusters are stable; 1 is hardly found again.",
        "Well connected: 1 of 2 clusters; 1 falls in two where few links are cut.",
    ]
    reliable = found["How reliable each cluster is"][-1]
    assert reliable.rows[1] == ["1", "Harbours", "9", "0.400", "0.800 to 1.000", "0.200", "0.750", "hardly found again"]
    assert found["How well each cluster is connected"][-1].rows[1][-3:] == ["1", "1.041", "no"]
    assert list(found["Clusters over time"][-1].texts) == [
        "Up to 1800: 1 work in 1 cluster.",
        "Up to 1850: 9 works in 2 clusters; cluster 4 is no longer found; cluster 0 has split into 0 and 1; "
        "clusters 2 and 3 have joined as 0.",
        "Up to 1900: 20 works in 2 clusters, the same as before.",
    ]
    assert "3 decisions of people hold, and all are met." in found["What has changed since"]
    assert found["What was not checked"][1].texts[0] == "X: why."
