"""Works that came later: when they were added, which are new to a partition, and that all who count them agree."""

import csv
import json
import shutil
import time
from collections import Counter
from types import SimpleNamespace

import networkx
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from PIL import Image

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import InputError
from artgraph.export.viewers import vikus_names
from artgraph.journal import batch_days
from artgraph.stages.generations import Generations, age, works_since
from artgraph.testing import toy_pictures

N, DAYS = 60, ("2026-06-02", "2026-09-14", "2026-11-29")
SIZES = [N, 6, 5]
STRANGE = ("strange/checks.png", "strange/noise.png")


def on_day(monkeypatch, day):
    """Let the journal note this day."""
    now = SimpleNamespace(**{name: getattr(time, name) for name in ("strftime", "strptime")})
    now.gmtime = lambda: time.strptime(f"{day}T23:59:59", "%Y-%m-%dT%H:%M:%S")
    monkeypatch.setattr("artgraph.journal.time", now)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory):
    """``corpus`` of 60 works, and folders ``later`` (6 more) and ``last`` (3 more, and 2 that fit nothing)."""
    home = tmp_path_factory.mktemp("generations")
    toy_pictures(home / "all", n=sum(SIZES) - len(STRANGE))
    table = pd.read_csv(home / "all" / "metadata.csv").assign(new="the user's own")
    for name, rows in (("first", table[:N]), ("later", table[N : N + 6]), ("last", table[N + 6 :])):
        (home / name / "images").mkdir(parents=True)
        for path in rows["path"]:
            shutil.copy2(home / "all" / path, home / name / path)
        rows.to_csv(home / name / "metadata.csv", index=False)
    (home / "last" / "strange").mkdir()
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3))
    checks = np.kron(np.indices((8, 8)).sum(axis=0) % 2 * 255, np.ones((8, 8)))
    for name, pixels in zip(STRANGE, (np.repeat(checks[..., None], 3, axis=2), noise), strict=True):
        Image.fromarray(pixels.astype(np.uint8)).save(home / "last" / name)
    with pytest.MonkeyPatch.context() as patch:
        on_day(patch, DAYS[0])
        corpus = pipeline.ingest(home / "first", home / "corpus", metadata=home / "first" / "metadata.csv")
        pipeline.describe(corpus, descriptors=("color",))
        pipeline.build_graph(corpus, on=("color",), n_neighbors=5)
        pipeline.communities(corpus)
        pipeline.layout(corpus)
    return home


@pytest.fixture(scope="module")
def grown(first_day):
    """The corpus after two later batches; not to be changed."""
    shutil.copytree(first_day / "corpus", first_day / "grown")
    with pytest.MonkeyPatch.context() as patch:
        for day, name in zip(DAYS[1:], ("later", "last"), strict=True):
            on_day(patch, day)
            folder = first_day / name
            pipeline.add(Corpus(first_day / "grown"), folder, metadata=folder / "metadata.csv")
        pipeline.atlas(Corpus(first_day / "grown"), images="none")
    return Corpus(first_day / "grown")


@pytest.fixture
def copy(grown, tmp_path):
    """A copy of it that may be changed."""
    shutil.copytree(grown.path, tmp_path / "corpus")
    return Corpus(tmp_path / "corpus")


def page(corpus):
    text = (corpus.path / "atlas" / "data.js").read_text("utf-8")
    return json.loads(text.removeprefix("window.artgraph = { data: ").removesuffix(" };\n"))


def exported(corpus, to):
    """Return {id: (added, new, fits_nothing)} as a file has it."""
    out = pipeline.export(corpus, to=to).key
    if to in ("csv", "vikus", "gephi-csv"):
        file = {"csv": out, "vikus": f"{out}/data.csv", "gephi-csv": f"{out}/nodes.csv"}[to]
        with open(file, encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
    elif to == "embedding-atlas":
        rows = pq.read_table(out).to_pylist()
    elif to == "anndata":
        anndata = pytest.importorskip("anndata")
        rows = anndata.read_h5ad(out).obs.reset_index(names="id").to_dict("records")
    else:
        graph = (networkx.read_gexf if to == "gexf" else networkx.read_graphml)(out)
        rows = [{"id": node, **about} for node, about in graph.nodes(data=True)]
    sign = "_" if to == "vikus" else ""
    key = "Id" if to == "gephi-csv" else "id"
    return {row[key]: tuple(row[sign + name] for name in ("added", "new", "fits_nothing")) for row in rows}


def typed(*words):
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def line(made, at, batches=None):
    entry = {"made": made, "at": at, "seconds": None} | ({} if batches is None else {"batches": batches})
    return json.dumps(entry)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], [None, None]),
        ([line("paintings/a", "2026-06-02T00:00:00Z", [9])], ["2026-06-02", None]),
        (  # a correction, a removal and a second ingest add nothing; things that are made are no works
            [
                line("paintings/a", "2026-06-02T00:00:00Z", [9]),
                line("paintings/b", "2026-06-03T00:00:00Z", [9]),
                line("features/eye", "2026-06-04T00:00:00Z"),
                line("paintings/c", "2026-09-14T00:00:00Z", [9, 2]),
                line("paintings/d", "2026-11-29T00:00:00Z", [8, 0]),
            ],
            ["2026-06-02", "2026-09-14"],
        ),
        (  # of an earlier version, which did not count
            [line("paintings/a", "2026-06-02T00:00:00Z"), line("paintings/b", "2026-06-03T00:00:00Z")],
            ["2026-06-02", None],
        ),
        (  # several at once, as after a replay
            [line("paintings/a", "2026-06-02T00:00:00Z", [9, 2])],
            ["2026-06-02", "2026-06-02"],
        ),
        (  # made anew: what was added to the former table is forgotten
            [
                line("paintings/a", "2026-06-02T00:00:00Z", [9]),
                line("paintings/b", "2026-06-03T00:00:00Z", [9, 1]),
                line("paintings/c", "2026-06-04T00:00:00Z", [10]),
                line("paintings/d", "2026-06-05T00:00:00Z", [10, 1]),
            ],
            ["2026-06-02", "2026-06-05"],
        ),
        (  # cut off, or of another program
            ["{", "[]", "7", line("paintings/a", "soon", [9]), '{"made": "paintings/a"}'],
            [None, None],
        ),
    ],
)
def test_the_day_of_a_batch_is_that_of_the_first_change_that_had_it(lines, expected):
    assert batch_days("\n".join(lines), 2) == expected


def test_a_collection_of_one_day_says_nothing_of_days(first_day, tmp_path):
    shutil.copytree(first_day / "corpus", tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")
    pipeline.atlas(corpus, images="none")
    assert page(corpus)["added"] is None
    table = pd.read_csv(pipeline.export(corpus, to="csv").key)
    assert "added" not in table
    assert set(table["new"]) == {"the user's own"}
    assert "added" not in pipeline.similar(corpus, corpus.paintings["id"].iloc[0]).facts["hits"][0]
    about = pipeline.info(corpus)
    assert about["batches"] == [{"works": N, "added": DAYS[0]}]
    assert not any("drift" in thing for thing in about["things"])
    assert "added later" not in typed("info", corpus.path)


def test_all_who_count_new_works_agree(grown):
    generations = Generations(grown)
    assert generations.days == list(DAYS)
    assert Counter(generations.added) == dict(zip(DAYS, SIZES, strict=True))
    data, ids = page(grown)["added"], grown.paintings["id"].tolist()
    assert data["days"] == list(DAYS)
    new = [ids[row] for row in data["new"]]
    strange = [ids[row] for row in data["apart"]["rows"]]
    assert data["apart"]["share"] == 0.95
    assert new == ids[N:]
    assert set(STRANGE) <= set(strange) <= set(new)
    aged = next(one["drift"] for one in pipeline.info(grown)["things"] if one["kind"] == "partitions")
    assert (aged["new"], aged["added"], aged["fits_nothing"]) == (len(new), len(new), len(strange))
    assert aged["since"] == DAYS[1]
    said = " ".join(typed("info", grown.path).split())
    assert f"{N} on {DAYS[0]}; added later: 6 on {DAYS[1]}, 5 on {DAYS[2]}" in said
    assert f"11 works are new since {DAYS[1]}" in said
    assert f"{len(strange)} of them fit nothing yet" in said
    # what fits nothing has no cluster
    labels = dict(zip(ids, grown.get("partitions", "leiden").tolist(), strict=True))
    assert {key for key in new if labels[key] < 0} == set(strange)


@pytest.mark.parametrize("to", ["csv", "gexf", "graphml", "gephi-csv", "embedding-atlas", "vikus", "anndata"])
def test_every_export_has_the_same_days_and_new_works(grown, to):
    data, ids = page(grown)["added"], grown.paintings["id"].tolist()
    yes = {True: "yes", False: "no"}
    expected = {
        key: (data["days"][data["batch"][row]], yes[row in data["new"]], yes[row in data["apart"]["rows"]])
        for row, key in enumerate(ids)
    }
    if to == "vikus":
        expected = dict(zip(vikus_names(ids), expected.values(), strict=True))
    assert exported(grown, to) == expected


def test_a_column_of_the_user_with_such_a_name_stays(grown):
    table = pd.read_csv(pipeline.export(grown, to="csv").key)
    assert set(table["new"]) == {"yes", "no"}
    assert set(table["new_2"].dropna()) == {"the user's own"}


def test_the_nearest_works_say_when_they_were_added(grown):
    row = N + 1
    hits = pipeline.similar(grown, grown.paintings["id"].iloc[row], n_neighbors=70).facts["hits"]
    assert Counter(hit["added"] for hit in hits) == Counter(Generations(grown).added) - Counter([DAYS[1]])
    assert f"added {DAYS[2]}" in typed("similar", grown.path, grown.paintings["id"].iloc[row], "--n-neighbors", 70)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-06-02", sum(SIZES)),
        ("2026-06-03", 11),
        ("2026-09-14", 11),
        ("2026-09-15", 5),
        (" 2026-11-29 ", 5),
        ("2026-11-30", 0),
        ("2026-11", 5),
        ("2026", sum(SIZES)),
        ("2027", 0),
        ("0", sum(SIZES)),
        ("1", 11),
        ("2", 5),
    ],
)
def test_works_since_a_day_or_a_batch(grown, since, expected):
    found = works_since(grown, since)
    assert found.sum() == expected
    assert found[len(grown) - expected :].all()


@pytest.mark.parametrize(
    ("since", "error"),
    [
        ("yesterday", "is no day; write it as 2026-11-29"),
        ("2026-13-01", "is no day"),
        ("29.11.2026", "is no day"),
        ("-1", "is no day"),
        ("3", "has no batch 3 .there are: 0: 2026-06-02, 1: 2026-09-14, 2: 2026-11-29"),
    ],
)
def test_what_is_no_day_and_no_batch_is_refused(grown, since, error):
    with pytest.raises(InputError, match=error):
        works_since(grown, since)


def test_without_a_journal_days_are_unknown_and_counts_are_not(copy):
    (copy.path / "journal.jsonl").unlink()
    assert Generations(copy).days == [None, None, None]
    assert age(copy, "leiden")["new"] == 11
    assert age(copy, "leiden")["since"] is None
    assert set(exported(copy, "csv").values()) <= {("", "yes", "no"), ("", "no", "no"), ("", "yes", "yes")}
    with pytest.raises(InputError, match="does not say when"):
        works_since(copy, "2026-11-29")
    assert works_since(copy, "2").sum() == 5
    pipeline.atlas(copy, images="none")
    assert page(copy)["added"]["days"] == [None, None, None]
    assert "11 works are new," in typed("info", copy.path)


def test_the_worklist_of_works_added_since(grown):
    settings = ["--max-fdr", "1", "--kinds", "alone,attribution,date"]
    whole = json.loads(typed("worklist", grown.path, *settings, "--json"))
    some = json.loads(typed("worklist", grown.path, *settings, "--added-since", DAYS[1], "--json"))
    late = set(grown.paintings["id"][N:])
    expected = [work for work in whole["works"] if work["id"] in late]
    assert 0 < len(expected) < len(whole["works"])
    assert some["works"] == expected
    assert sum(some["counts"].values()) == len(expected)
    assert f"{len(expected)} work{'s' * (len(expected) > 1)} to look at again" in some["summary"]
    printed = typed("worklist", grown.path, *settings, "--added-since", "1", "--top", 1000)
    file = grown.path / "exports" / "leiden-worklist-since-1.csv"
    assert f"table: {file}" in printed
    assert len(pd.read_csv(file)) == len(expected) == printed.count("  (p ")
    assert len(pd.read_csv(grown.path / "exports" / "leiden-worklist.csv")) == len(whole["works"])
    assert grown.label("reports", "leiden-worklist")["facts"]["works"] == whole["works"]
    none = json.loads(typed("worklist", grown.path, *settings, "--added-since", "2030", "--json"))
    assert none["works"] == []
    assert "0 works to look at again" in none["summary"]


def test_counts_agree_after_some_are_removed(copy):
    ids = copy.paintings["id"]
    pipeline.remove(copy, [ids.iloc[3], ids.iloc[N + 1], STRANGE[0]])
    corpus = Corpus(copy.path)
    pipeline.atlas(corpus, images="none")
    data, aged = page(corpus)["added"], age(corpus, "leiden")
    assert len(data["new"]) == aged["new"] == 9
    assert (aged["added"], aged["removed"]) == (11, 3)
    found = exported(corpus, "csv")
    assert Counter(new for _, new, _ in found.values())["yes"] == 9
    assert Counter(day for day, _, _ in found.values()) == {DAYS[0]: N - 1, DAYS[1]: 5, DAYS[2]: 4}
    assert len(data["apart"]["rows"]) == aged["fits_nothing"] == sum(apart == "yes" for _, _, apart in found.values())


def test_a_fresh_run_ends_the_marks_and_keeps_the_days(copy, first_day):
    pipeline.communities(copy, name="found-later")  # whole from the start
    assert not Generations(copy).new("found-later").any()
    assert age(copy, "found-later") is None
    assert age(copy, "leiden")["new"] == 11
    first = first_day / "first"
    said = typed("update", copy.path, first, "--metadata", first / "metadata.csv", "--fresh")
    assert "\nleiden: " in said
    corpus = Corpus(copy.path)
    pipeline.atlas(corpus, images="none")
    assert page(corpus)["added"] == {
        "batch": corpus.batch.tolist(),
        "days": list(DAYS),
        "new": [],
        "apart": {"share": 0.95, "rows": []},
    }
    assert set(exported(corpus, "csv").values()) == {(day, "no", "no") for day in DAYS}
    assert age(corpus, "leiden") is None
    assert "new since" not in typed("info", copy.path)


def test_info_recommends_a_fresh_run_when_many_were_added(copy, monkeypatch):
    assert "a fresh run is recommended" not in typed("info", copy.path)
    monkeypatch.setattr("artgraph.stages.drift.ADDED", 0.1)
    said = " ".join(typed("info", copy.path).split())
    assert (
        f"a fresh run is recommended (18% as many works were added as there were): artgraph update {copy.path} --fresh"
        in said
    )


def test_a_damaged_graph_leaves_info_without_drift(copy):
    (copy.path / "graphs" / "style.knn.npz").unlink()
    assert "STALE" in typed("info", copy.path)
    assert age(copy, "leiden") is None


def test_communities_says_which_clusters_are_others(copy):
    first = typed("communities", copy.path, "--name", "few", "--n-clusters", 4)
    assert "cluster 0" not in first
    again = typed("communities", copy.path, "--name", "few", "--n-clusters", 9)
    assert "\nfew: cluster " in again
    assert "was split into" in again or "is new" in again
    same = typed("communities", copy.path, "--name", "few", "--n-clusters", 9, "--no-membership")
    assert "few: 9 clusters" in same.replace("partition ", "")
    assert "split" not in same
