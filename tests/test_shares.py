"""Describing in shares, on several copies of a corpus, gives the bytes of an undivided run."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from click.testing import CliRunner

from artgraph import pipeline
from artgraph.cli import main
from artgraph.corpus import Corpus
from artgraph.errors import CorpusError, InputError, MissingError
from artgraph.shards import parse_share, share_of
from artgraph.testing import toy_corpus

# one without a fit, two with one, one with windows and their places
DESCRIPTORS = ("color", "texture", "lite", "patches")


@pytest.fixture
def small_shards(monkeypatch):
    """Shards of 4 and a sample of 10: 23 pictures make 3 shards of the sample and 4 of others."""
    for name, value in {"SHARD": 4, "SAMPLE": 10}.items():
        monkeypatch.setattr(f"artgraph.descriptors.extraction.{name}", value)


@pytest.fixture
def home(tmp_path):
    """A corpus of 23 pictures that lie inside it, so that a copy is whole."""
    made = toy_corpus(tmp_path / "made", n=23)
    shutil.copytree(tmp_path / "made" / "pictures", made.path / "pictures")
    return pipeline.ingest(made.path / "pictures", made.path, metadata=made.path / "pictures" / "metadata.csv")


def copied(corpus, name):
    shutil.copytree(corpus.path, corpus.path.parent / name)
    return Corpus(corpus.path.parent / name)


def things(corpus):
    """Return the bytes of all that describe made, labels included."""
    folders = [corpus.path / kind for kind in ("features", "models", "patches")]
    return {f"{f.parent.name}/{f.name}": f.read_bytes() for one in folders if one.is_dir() for f in one.glob("[!.]*")}


def share(corpus, number, of=4, **options):
    return pipeline.describe_share(corpus, f"{number}/{of}", **{"descriptors": ("color", "texture"), **options})


def test_shares_divide_the_shards():
    shards = list("abcdefg")
    assert sorted(one for number in (1, 2, 3) for one in share_of(shards, number, 3)) == shards
    assert share_of(shards, 9, 16) == []
    for wrong in ("0/4", "5/4", "4", "a/b", "-1/4", "1/0"):
        with pytest.raises(InputError, match="is no share"):
            parse_share(wrong)


def test_four_copies_merged_are_one_run(home, small_shards):
    whole = copied(home, "whole")
    pipeline.describe(whole, descriptors=DESCRIPTORS)
    copies = [copied(home, f"copy{number}") for number in (1, 2, 3, 4)]
    pictures = [share(copy, number, descriptors=DESCRIPTORS)[0].n for number, copy in enumerate(copies, 1)]
    assert sum(pictures) == 23
    assert not things(copies[0])
    made = pipeline.merge(home, [copy.path for copy in copies])
    assert [one.key for one in made] == sorted(DESCRIPTORS)
    assert all(one.fresh for one in made)
    assert things(home) == things(whole)
    assert {"features/texture.npy", "models/patches.safetensors", "patches/patches.npz"} <= set(things(home))
    assert not list(home.path.glob("features/.shards-*"))
    assert not any(one.fresh for one in pipeline.merge(home, [copy.path for copy in copies]))


def test_shares_on_one_corpus_at_the_same_time(home, small_shards):
    whole = copied(home, "whole")
    pipeline.describe(whole, descriptors=("color", "texture"))
    with home.lock():  # as while another machine merges
        for number in (2, 1):
            share(home, number, of=2)
    pipeline.merge(home)
    assert things(home) == things(whole)


def test_an_undivided_run_goes_on_where_shares_stopped(home, small_shards):
    whole = copied(home, "whole")
    pipeline.describe(whole, descriptors=("color", "texture"))
    share(home, 2)
    pipeline.describe(home, descriptors=("color", "texture"))
    assert things(home) == things(whole)


def test_a_missing_share_is_named_with_the_command_that_makes_it(home, small_shards):
    with pytest.raises(MissingError, match=r"no shards in .*describe .* --shard 1/4"):
        pipeline.merge(home)
    for number in (1, 3, 4):
        share(home, number)
    with pytest.raises(MissingError) as error:
        pipeline.merge(home)
    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("'color' lacks 2 of 7 shards, of shares 2/4; the first is ")
    assert lines[0].endswith(f"artgraph describe {home.path} --with color --shard 2/4")
    for line in lines:  # the commands do what they say
        result = CliRunner().invoke(main, line.split("make them with: artgraph ")[1].split())
        assert result.exit_code == 0, result.output
    assert all(one.fresh for one in pipeline.merge(home))


def test_shards_that_differ_are_named(home, small_shards):
    one, other = copied(home, "one"), copied(home, "other")
    for copy in (one, other):
        share(copy, 1, of=1, descriptors=("color",))
    file = next(other.path.glob("features/.shards-color-*/w000000004.npy"))
    values = np.load(file)
    np.save(file, np.nextafter(values, 1))
    with pytest.raises(CorpusError, match=r"one/.*w000000004.npy and .*other/.*w000000004.npy"):
        pipeline.merge(home, [one.path, other.path])
    np.save(file, values)
    assert pipeline.merge(home, [one.path, other.path])[0].fresh


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda corpus: share(corpus, 1, descriptors=("color",), seed=1), "copy/.* was made otherwise than .*: seed"),
        (lambda corpus: toy_corpus(corpus.path.parent / "x", n=22), "copy/.* other paintings"),
    ],
    ids=["parameters", "paintings"],
)
def test_foreign_shards_are_named(home, small_shards, make, message):
    share(home, 1, descriptors=("color",))
    made = make(copied(home, "copy"))
    if isinstance(made, Corpus):
        shutil.rmtree(home.path.parent / "copy")
        shutil.copytree(made.path, home.path.parent / "copy")
        share(Corpus(home.path.parent / "copy"), 2, descriptors=("color",))
    with pytest.raises(CorpusError, match=message):
        pipeline.merge(home, [home.path.parent / "copy"])


def test_shards_of_what_the_pictures_were_before_are_named(home, small_shards):
    share(home, 1, of=1, descriptors=("color",))
    changed = home.paintings.assign(image_sha256="0" * 64)
    corpus = Corpus.create(home.path, changed, image_root=home.image_root)
    with pytest.raises(CorpusError, match=r"something else than .* holds now: paintings/image_sha256"):
        pipeline.merge(corpus)


def test_a_share_that_was_cut_short_by_a_copy_is_found(home, small_shards):
    share(home, 1, of=1, descriptors=("color",))
    file = next(home.path.glob("features/.shards-color-*/a000000004.npy"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(CorpusError, match=r"a000000004.npy was damaged and has been removed"):
        pipeline.merge(home)
    with pytest.raises(MissingError, match="lacks 1 of 7"):
        pipeline.merge(home)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_share_resumes(home, small_shards, tmp_path):
    whole = copied(home, "whole")
    pipeline.describe(whole, descriptors=("color",))
    program = """
        import os, signal, sys
        from artgraph import Corpus, pipeline
        from artgraph.descriptors import extraction
        from artgraph.shards import ShardStore
        extraction.SHARD, extraction.SAMPLE = 4, 10
        put, done = ShardStore.put, []
        def dying(store, name, value):
            put(store, name, value)
            done.append(name)
            if len([one for one in done if one.endswith(".npy")]) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
        ShardStore.put = dying
        pipeline.describe_share(Corpus(sys.argv[1]), "1/1", descriptors=("color",))
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(home.path)])
    assert killed.returncode == -signal.SIGKILL
    (folder,) = home.path.glob("features/.shards-color-*")
    before = {file.name: file.stat().st_mtime_ns for file in folder.glob("*.npy")}
    assert len(before) == 3
    share(home, 1, of=1, descriptors=("color",))
    assert {name: (folder / name).stat().st_mtime_ns for name in before} == before  # not made again
    pipeline.merge(home)
    assert things(home) == things(whole)


def test_the_command_line(home, small_shards):
    for number in (1, 2):
        result = CliRunner().invoke(main, ["describe", str(home.path), "--with", "color", "--shard", f"{number}/2"])
        assert result.exit_code == 0, result.output
        assert f"color: share {number} of 2" in result.output
        assert f"artgraph merge {home.path}" in result.output
    result = CliRunner().invoke(main, ["merge", str(home.path)])
    assert "features color: 23 paintings" in result.output
    for wrong, message in (
        (["--shard", "3/2"], "is no share"),
        (["--shard", "1/2", "--fuse"], "--fuse is of no use with --shard"),
        (["--shard", "1/2", "--with", "date"], "after artgraph merge"),
    ):
        result = CliRunner().invoke(main, ["describe", str(home.path), *wrong])
        assert result.exit_code
        assert message in result.output
