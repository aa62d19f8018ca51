"""Decisions are taken into a corpus, and its clusters, exports and changes obey."""

import pandas as pd
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.decisions import FILE, Decision, append, new_key, now, read
from artgraph.errors import InputError
from artgraph.evaluation import evaluation_report
from artgraph.lineage import Lineage, Ref
from artgraph.stages.ruling import overview, undecided
from artgraph.testing import toy_corpus


@pytest.fixture
def clustered(tmp_path):
    corpus = toy_corpus(tmp_path, n=24)
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=4)
    pipeline.communities(corpus)
    return corpus


def tell(corpus, kind, who="ann", **about):
    one = Decision(new_key(), "2026-11-29T06:00:00Z", who, kind, **{key: str(value) for key, value in about.items()})
    assert append(corpus.path / FILE, [one])[0] == [one.key]


def labels_of(corpus):
    return dict(zip(corpus.paintings["id"], corpus.get("partitions", "leiden").tolist(), strict=True))


def of_clusters(corpus):
    """Two works of cluster 0, and one of each other."""
    found = labels_of(corpus)
    by = [[id_ for id_, label in found.items() if label == number] for number in sorted(set(found.values()))]
    return by[0][0], by[0][1], by[1][0], by[2][0]


def test_clusters_obey_and_the_label_knows(clustered):
    a, b, c, d = of_clusters(clustered)
    before = labels_of(clustered)
    assert not pipeline.communities(clustered).fresh
    tell(clustered, "same", work=a, other=c)
    tell(clustered, "different", work=a, other=b)
    tell(clustered, "belongs", work=d, partition="leiden", cluster=before[b])
    assert undecided(clustered, "leiden")
    made = pipeline.communities(clustered)
    assert made.fresh
    now = labels_of(clustered)
    assert now[a] == now[c]
    assert now[a] != now[b]
    assert now[d] == before[b]
    assert made.facts["decisions"]["held"] == 3
    assert made.facts["decisions"]["unmet"] == []
    assert not undecided(clustered, "leiden")
    assert not pipeline.communities(clustered).fresh
    assert any("decisions of people" in text for text in pipeline.evaluate(clustered).facts["caveats"])
    without = pipeline.communities(clustered, decisions=False)
    assert "decisions" not in without.facts


def test_other_methods_are_repaired(clustered):
    a, b, *_ = of_clusters(clustered)
    tell(clustered, "different", work=a, other=b)
    pipeline.communities(clustered, method="kmeans", n_clusters=2, name="k")
    found = dict(zip(clustered.paintings["id"], clustered.get("partitions", "k"), strict=True))
    assert found[a] != found[b]


def test_merges_splits_and_names_hold_through_reruns_and_changes(clustered):
    before = labels_of(clustered)
    tell(clustered, "merge", partition="leiden", cluster=1, to=0)
    tell(clustered, "split", partition="leiden", cluster=2, to=2)
    tell(clustered, "name", partition="leiden", cluster=0, to="Wide <stripes>")
    first = pipeline.communities(clustered)
    now = labels_of(clustered)
    assert all((now[id_] == 0) == (before[id_] in (0, 1)) for id_ in now)
    parts = first.facts["decisions"]["parts"]["2"]
    assert (len(parts), parts[0]) == (2, 2)
    assert {now[id_] for id_ in now if before[id_] == 2} == set(parts)
    pipeline.communities(clustered, seed=1)
    assert labels_of(clustered) == now
    pipeline.export(clustered, to="gexf")
    pipeline.export(clustered, to="csv")
    assert "Wide &lt;stripes&gt;" in (clustered.path / "exports" / "leiden.gexf").read_text("utf-8")
    table = pd.read_csv(clustered.path / "exports" / "leiden.csv")
    assert set(table["cluster_name"].dropna()) == {"Wide <stripes>"}
    shown = CliRunner().invoke(main, ["info", str(clustered.path)]).output
    assert "is called 'Wide <stripes>'" in shown
    gone = next(id_ for id_, label in now.items() if label == 0)
    keep = next(id_ for id_, label in now.items() if label == 0 and id_ != gone)
    tell(clustered, "same", work=gone, other=keep)
    pipeline.communities(clustered, seed=1)
    changed = pipeline.remove(clustered, [gone]).corpus
    assert len(read(changed.path / FILE)[0]) == 4
    assert {**labels_of(changed), gone: 0} == now
    assert "there is no work" in CliRunner().invoke(main, ["info", str(changed.path)]).output
    pipeline.communities(changed, seed=2)
    assert {**labels_of(changed), gone: 0} == now
    fresh = pipeline.update(changed, fresh=True).corpus
    assert {**labels_of(fresh), gone: 0} == now


def test_works_that_are_added_break_no_decision(tmp_path):
    corpus = toy_corpus(tmp_path, n=27)
    new, *others = corpus.paintings["id"].tolist()
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=4)
    pipeline.communities(corpus)
    like = next(id_ for id_ in others if labels_of(corpus)[id_] == labels_of(corpus)[new])
    corpus = pipeline.remove(corpus, [new]).corpus
    tell(corpus, "different", work=new, other=like)
    pipeline.communities(corpus)
    again = tmp_path / "again" / new  # in its own folder it would stay out, as it was taken out
    again.parent.mkdir(parents=True)
    again.write_bytes((corpus.image_root / new).read_bytes())
    grown = pipeline.add(corpus, tmp_path / "again").corpus
    now = labels_of(grown)
    assert now[new] != now[like]
    assert grown.label("partitions", "leiden")["facts"]["decisions"]["held"] == 1


def test_a_spreadsheet_of_labels_is_taken_in(clustered, tmp_path):
    a, b, c, d = of_clusters(clustered)
    stem = clustered.paintings.set_index("id")["image"][c].rpartition("/")[2].removesuffix(".png")
    sheet = tmp_path / "labels.csv"
    sheet.write_bytes(f"\ufeffid;label\r\n{a};Früh\r\n{stem};Früh\r\n{b};spät\r\n{d};0\r\nnowhere;0\r\n".encode())
    with pytest.raises(InputError, match="--who"):
        pipeline.decide(clustered, sheet)
    dry = pipeline.decide(clustered, sheet, who="ann", dry_run=True)
    assert not (clustered.path / FILE).exists()
    made = pipeline.decide(clustered, sheet, who="ann")
    assert made.taken == dry.taken
    assert [one.what for one in made.refused] == ["unknown"]
    kinds = [(one.kind, one.work, one.other or one.cluster) for one in read(clustered.path / FILE)[0]]
    assert kinds == [("same", a, c), ("belongs", d, "0"), ("different", a, b)]
    again = pipeline.decide(clustered, sheet, who="ann")
    assert (again.taken, again.repeated) == ([], made.taken)


def test_the_command_says_what_was_taken_and_refused(clustered, tmp_path):
    a, b, *_ = of_clusters(clustered)
    saved = tmp_path / "saved.csv"
    rows = [Decision(f"{i:016x}", "2026-11-29T06:00:00Z", "ann", "same", a, other) for i, other in ((1, b), (2, "no"))]
    append(saved, rows)
    result = CliRunner().invoke(main, ["decide", str(clustered.path), str(saved)])
    assert result.exit_code == 0, result.output
    assert "decisions taken: 1, there before: 0, refused: 1" in result.output
    assert f"clusters of leiden obey after: artgraph communities {clustered.path}" in result.output
    assert "no work 'no'" in result.output
    append(tmp_path / "bad.csv", rows[1:])
    assert CliRunner().invoke(main, ["decide", str(clustered.path), str(tmp_path / "bad.csv")]).exit_code == 1


def test_a_wrong_artist_is_corrected_by_update_and_comes_back_when_it_is_taken_back(clustered, tmp_path):
    work = clustered.paintings["id"].iloc[3]
    before = clustered.paintings["artist"].iloc[3]
    key = new_key()
    append(clustered.path / FILE, [Decision(key, now(), "ann", "wrong-artist", work=work, to="Rosa Bonheur")])
    assert overview(clustered)["artists"] == [work]
    said = CliRunner().invoke(main, ["info", str(clustered.path)]).output
    assert f"1 artist in the table is said to be wrong. Correct it: artgraph update {clustered.path}" in said
    dry = pipeline.update(clustered, dry_run=True)
    assert dry.found.corrected == {"artist": 1}
    corpus = pipeline.update(clustered).corpus
    assert corpus.paintings["artist"].iloc[3] == "Rosa Bonheur"
    assert overview(corpus)["artists"] == []
    assert pipeline.update(corpus).found.nothing
    append(corpus.path / FILE, [Decision(new_key(), now(), "ann", "withdraw", to=key)])
    assert pipeline.update(corpus).corpus.paintings["artist"].iloc[3] == before


def test_an_artist_who_is_unknown_is_none(clustered):
    work = clustered.paintings["id"].iloc[0]
    tell(clustered, "wrong-artist", work=work)
    corpus = pipeline.update(clustered).corpus
    assert corpus.paintings["artist"].isna().tolist() == [True] + [False] * (len(corpus) - 1)


def test_decisions_are_replayed(clustered, tmp_path):
    a, b, c, _ = of_clusters(clustered)
    tell(clustered, "different", work=a, other=b)
    tell(clustered, "belongs", work=c, partition="leiden", cluster=0)
    tell(clustered, "merge", partition="leiden", cluster=2, to=1)
    tell(clustered, "name", partition="leiden", cluster=1, to="Harbours")
    pipeline.communities(clustered)
    assert clustered.label("partitions", "leiden")["facts"]["decisions"]["held"] == 3
    outcome = pipeline.replay(clustered, tmp_path / "again")
    assert set(outcome.values()) == {"the same"}
    assert (tmp_path / "again" / FILE).read_bytes() == (clustered.path / FILE).read_bytes()


def test_what_is_not_met_stands_in_the_report(clustered):
    a, b, _, d = of_clusters(clustered)
    tell(clustered, "same", work=a, other=d)
    tell(clustered, "same", work=b, other=d)
    tell(clustered, "different", work=a, other=b)
    pipeline.communities(clustered)
    facts = pipeline.evaluate(clustered, against="artist").facts
    assert "decisions that are not met" in evaluation_report(facts)
    assert facts["decisions"]["open"][0] in evaluation_report(facts)


def test_latents_follow_answers_where_that_is_asked_for(clustered):
    a, b, c, _ = of_clusters(clustered)
    tell(clustered, "same", work=a, other=b)
    tell(clustered, "different", work=a, other=c)
    settings = {"epochs": 2, "latent_dim": 8, "device": "cpu"}
    plain = pipeline.train_vgae(clustered, **settings)
    assert "answers" not in plain.facts
    asked = pipeline.train_vgae(clustered, name="asked", decisions=True, **settings)
    assert asked.facts["answers"]["used"] is False  # two are too few
    assert (asked.facts["answers"]["same"], asked.facts["answers"]["different"]) == (1, 1)
    assert "--decisions" in Lineage(clustered).command(Ref("models", "asked"))
    assert "decisions" not in Lineage(clustered).command(Ref("models", "vgae"))
    assert not pipeline.train_vgae(clustered, name="asked", decisions=True, **settings).fresh
    tell(clustered, "different", work=b, other=c)
    assert pipeline.train_vgae(clustered, name="asked", decisions=True, **settings).fresh
    assert not pipeline.train_vgae(clustered, **settings).fresh
