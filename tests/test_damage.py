"""Whatever file of a corpus is damaged or gone: artgraph says which one, and a command that mends it, and it does."""

import json
import shlex
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError
from artgraph.lineage import Lineage, Ref
from artgraph.shards import ShardStore
from artgraph.stages.ingest import ingest
from artgraph.testing import toy_pictures


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A corpus with a file of every kind, in ``c``, beside its pictures and vectors; tests work on copies of it."""
    home = tmp_path_factory.mktemp("whole")
    metadata = toy_pictures(home / "pictures", n=24)
    corpus = ingest(home / "pictures", home / "c", metadata=metadata)
    np.save(home / "vectors.npy", np.random.default_rng(0).random((24, 4), dtype=np.float32))
    pipeline.describe(corpus, descriptors=("color", "texture"), fuse=True)
    pipeline.import_vectors(corpus, home / "vectors.npy", name="theirs")
    pipeline.build_graph(corpus, on=("color", "texture"), n_neighbors=4, artist_edges=True)
    pipeline.train_vgae(corpus, epochs=1)
    pipeline.communities(corpus, resolution=2.0, levels=2)
    pipeline.communities(corpus, name="k", method="kmeans", n_clusters=3, seed=5)
    pipeline.evaluate(corpus)
    pipeline.interpret(corpus)
    pipeline.worklist(corpus)
    pipeline.layout(corpus)
    return home


@pytest.fixture
def copy(home, tmp_path, monkeypatch):
    """A corpus of which anything may be damaged; commands run beside it."""
    shutil.copytree(home / "c", tmp_path / "c", copy_function=shutil.copy)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").symlink_to(home / "vectors.npy")
    (tmp_path / "pictures").symlink_to(home / "pictures")
    return Corpus("c")


def content(corpus):
    """Every file of a corpus and its bytes; the page, and the journal, which holds times, are left out."""
    files = {path.relative_to(corpus.path).as_posix(): path for path in sorted(corpus.path.rglob("*"))}
    skipped = (".lock", "journal.jsonl", "atlas/", "plots/")
    return {name: path.read_bytes() for name, path in files.items() if path.is_file() and not name.startswith(skipped)}


def obey(text, home):
    """Run the command that a message gives, with the files that it leaves to the reader."""
    for line in text.split("again: ")[-1].split("Mend it: ")[-1].strip().split(" && "):
        words = shlex.split(line)
        given = {"IMAGES": home / "pictures", "FILE": home / "vectors.npy"}
        if words[1] == "ingest":
            given["FILE"] = "pictures/metadata.csv"  # seen from the corpus, it lies where it lay
        result = CliRunner().invoke(main, [str(given.get(word, word)) for word in words[1:]])
        assert result.exit_code == 0, (line, result.output)


WAYS = {
    "gone": lambda data: None,
    "empty": lambda data: b"",
    "cut off": lambda data: data[: len(data) // 2],
    "one bit": lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
    "other JSON": lambda data: b"[1, 2]",
    "too little": lambda data: b"{}",
}


def damage(file, way):
    data = WAYS[way](file.read_bytes())
    file.unlink()
    if data is not None:
        file.write_bytes(data)


ARRAYS = [
    "features/color.npy", "features/texture.npy", "features/fused.npy", "features/theirs.npy", "features/vgae.npy",
    "features/thumbnails.npy", "features/thumbnails.tiny.npy", "graphs/style.npz", "graphs/style.knn.npz",
    "graphs/style.artists.npz", "partitions/leiden.npy", "partitions/leiden-2.npy", "partitions/k.membership.npz",
    "layouts/style.npy", "models/texture.safetensors", "models/fused.safetensors", "models/vgae.safetensors",
]  # fmt: skip
LABELS = [
    "features/color.json", "features/fused.json", "features/theirs.json", "features/vgae.json", "graphs/style.json",
    "partitions/leiden.json", "partitions/leiden-2.json", "partitions/k.json", "layouts/style.json",
    "models/texture.json", "models/vgae.json", "reports/leiden.json", "reports/leiden-clusters.json",
    "reports/leiden-worklist.json",
]  # fmt: skip


def ref_of(name):
    kind, file = name.split("/")
    key, *part = file.split(".")[:-1]
    return Ref(kind, key), "".join(part)


def test_the_lists_name_a_file_of_every_kind(home):
    kinds = {path.split("/")[0] for path in content(Corpus(home / "c")) if path.endswith((".npy", ".npz", "tensors"))}
    assert {name.split("/")[0] for name in ARRAYS} == kinds
    assert {name.split("/")[0] for name in LABELS} == kinds | {"reports"}


@pytest.mark.parametrize("name", ARRAYS)
def test_a_damaged_array_is_named_and_mended(copy, home, name):
    before, file, (ref, part) = content(copy), copy.path / name, ref_of(name)
    for way in ("gone", "empty", "cut off", "one bit"):
        file.write_bytes(before[name])
        damage(file, way)
        with pytest.raises(CorpusError, match=rf"{name} is (missing|damaged).* again: artgraph ") as caught:
            copy.get(*ref, part)
        if way != "one bit":  # of the same length: it is found where it is read
            assert name in Lineage(copy).stale(ref)[0]
            assert [one["key"] for one in pipeline.info(copy)["things"] if one["stale"]] == [ref.key]
    obey(str(caught.value), home)
    assert content(copy) == before


@pytest.mark.parametrize("name", LABELS)
def test_a_damaged_label_is_named_and_mended(copy, home, name):
    before, file, (ref, _) = content(copy), copy.path / name, ref_of(name)
    for way in ("empty", "other JSON", "too little", "one bit", "cut off"):
        file.write_bytes(before[name])
        damage(file, way)
        with pytest.raises(CorpusError, match=rf"{name} is damaged.* again: artgraph ") as caught:
            copy.label(*ref)
        assert f"{name} is damaged" in Lineage(copy).stale(ref)[0]
        shown = CliRunner().invoke(main, ["info", "c"])
        assert shown.exit_code == 0
        assert f"{name} is damaged" in shown.output
    obey(str(caught.value), home)
    assert content(copy) == before


def test_a_label_that_is_gone_is_made_again_with_the_settings_that_it_had(copy, home):
    before = content(copy)
    (copy.path / "partitions" / "k.json").unlink()
    with pytest.raises(CorpusError, match="--method kmeans --n-clusters 3 --seed 5") as caught:
        Lineage(copy).label(Ref("partitions", "k"))
    obey(str(caught.value).replace("Make it with", "again"), home)
    assert content(copy) == before


TABLE = [
    *(("corpus.json", way) for way in ("gone", "empty", "cut off", "other JSON", "too little")),
    *(("paintings.parquet", way) for way in ("gone", "empty", "cut off", "one bit")),
]


@pytest.mark.parametrize(("name", "way"), TABLE)
def test_a_damaged_head_or_table_stops_every_command_and_is_mended(copy, home, name, way):
    before = content(copy)
    damage(copy.path / name, way)
    for command in ("info", "communities", "atlas", "describe", "plot"):
        result = CliRunner().invoke(main, [command, "c", *(["sheets"] if command == "plot" else [])])
        assert result.exit_code == 1
        assert name in result.output
        assert "artgraph ingest " in result.output
    command = result.output.split("again: ")[-1].split("with: ")[-1].strip()
    obey(command if "--metadata" in command else f"{command} --metadata FILE", home)
    assert content(copy) == before
    assert not any(one["stale"] for one in pipeline.info(Corpus("c"))["things"])


@pytest.mark.parametrize("way", ["gone", "empty", "cut off"])
@pytest.mark.parametrize("kind", ["refused.csv", "thumbs"])
def test_what_lies_beside_the_table_is_named_by_info_and_mended(copy, home, kind, way):
    before = content(copy)
    for file in [copy.path / kind] if kind == "refused.csv" else sorted((copy.path / kind).iterdir())[:3]:
        damage(file, way)
    shown = CliRunner().invoke(main, ["info", "c"]).output
    (line,) = [line for line in shown.splitlines() if "DAMAGED" in line]
    assert kind in line
    assert ("2 other thumbnails" in line) == (kind == "thumbs")
    obey(line, home)
    assert content(copy) == before
    assert "DAMAGED" not in CliRunner().invoke(main, ["info", "c"]).output


def test_whoever_shows_a_thumbnail_makes_it_again(copy):
    before = content(copy)
    first, second, *_ = sorted((copy.path / "thumbs").iterdir())
    damage(first, "cut off")
    second.write_bytes(second.read_bytes()[:12] + bytes(len(second.read_bytes()) - 12))  # of the right length
    copy.remove("features", "thumbnails")
    pipeline.evaluate(copy)
    assert content(copy) == before


def test_the_journal_may_be_damaged_or_gone(copy, home):
    before = content(copy)
    journal = copy.path / "journal.jsonl"
    for data in (b'{"made": "paintings/', b"\xff\xfe\n[]\n", None):
        journal.unlink()
        if data is not None:
            journal.write_bytes(data)
        assert not any(one["stale"] for one in pipeline.info(copy)["things"])
        obey(f"artgraph ingest {home / 'pictures'} --metadata FILE -o c", home)
        assert content(copy) == before
        assert all(json.loads(line) for line in journal.read_text("utf-8", "replace").splitlines()[-1:])


def test_a_damaged_shard_of_an_interrupted_run_is_removed(tmp_path):
    store = ShardStore(tmp_path, ".shards-x-", "0" * 16)
    for name, value in (("a.npy", np.zeros(9)), ("b.json", [1, 2, 3])):
        store.put(name, value)
        damage(store.path / name, "cut off")
        with pytest.raises(CorpusError, match=f"{name} was damaged.*same command again"):
            store.get(name)
        assert not store.has(name)


def test_files_that_systems_leave_are_not_taken_for_labels(copy):
    (copy.path / "features" / "._color.json").write_bytes(b"\0\5\26\7")
    (copy.path / "features" / "color (1).json").write_bytes(b"{}")
    assert copy.keys("features") == ["color", "fused", "texture", "theirs", "thumbnails", "vgae"]
    assert CliRunner().invoke(main, ["info", "c"]).exit_code == 0


def test_other_paintings_are_refused_also_where_the_head_is_gone(copy, tmp_path):
    (copy.path / "corpus.json").unlink()
    toy_pictures(tmp_path / "others", n=3)
    with pytest.raises(CorpusError, match="already holds other paintings"):
        ingest(tmp_path / "others", "c")
