"""Tuning a network on a collection."""

import json
import math
import re

import numpy as np
import pytest
import torch
from PIL import Image

from artgraph import Corpus, pipeline
from artgraph.descriptors import make_descriptor
from artgraph.descriptors.tuning import TuningConfig, train_descriptor
from artgraph.descriptors.tuning.augment import augment, reproduce
from artgraph.descriptors.tuning.loader import Loader
from artgraph.descriptors.tuning.network import Start, make_optimizer
from artgraph.descriptors.tuning.train import Run
from artgraph.errors import CircularError, InputError
from artgraph.learning.artists import WorkSampler

ARTISTS, WORKS, SIDE = 6, 4, 48


def hatched(artist, rng):
    """A picture whose stripes have the artist's slant and width, and colours that nobody chose."""
    y, x = np.mgrid[:SIDE, :SIDE]
    slant, width = math.pi * artist / ARTISTS, 3 + artist
    wave = np.sin((x * math.cos(slant) + y * math.sin(slant)) * 2 * math.pi / width + rng.uniform(0, 6))
    return np.clip(128 + 90 * wave[..., None] * rng.uniform(0.5, 1, 3) + rng.normal(0, 8, (SIDE, SIDE, 3)), 0, 255)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder of pictures with a spreadsheet, as an archive would hand it over."""
    folder, rng, rows = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0), ["path,artist,subject"]
    for artist in range(ARTISTS):
        for work in range(WORKS):
            name = f"{artist}-{work}.png"
            Image.fromarray(hatched(artist, rng).astype(np.uint8)).save(folder / name)
            rows.append(f"{name},Painter {artist},{'boat' if work % 2 else 'tree'}")
    (folder / "works.csv").write_text("\n".join(rows), "utf-8")
    return folder


@pytest.fixture
def corpus(pictures, tmp_path):
    return pipeline.ingest(pictures, tmp_path / "corpus", metadata=pictures / "works.csv")


QUICK = {"backbone": "artgraph_eye", "from_scratch": True, "size": 32, "steps": 6, "workers": 1}


def paths_and_artists(pictures):
    paths = sorted(pictures.glob("*.png"))
    return paths, np.array([int(path.name[0]) for path in paths])


@pytest.mark.parametrize("kind", ["curated", "usual"])
def test_a_cut_out_depends_on_its_generator_alone(kind):
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    image.setflags(write=False)
    one, again, other = (augment(image, 32, rng=np.random.default_rng(seed), kind=kind) for seed in (1, 1, 2))
    assert one.shape == (32, 32, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_curated_cut_outs_keep_the_palette():
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    image[:] = (200, 40, 90)
    for seed in range(20):
        cut = augment(image, 32, rng=np.random.default_rng(seed), reproduction=False)
        assert (cut == image[:32, :32]).all()
    usual = [augment(image, 32, rng=np.random.default_rng(s), kind="usual", reproduction=False) for s in range(20)]
    assert max(np.abs(cut.astype(int) - image[:32, :32]).max() for cut in usual) > 40


def test_a_reproduction_is_grey_once_in_eight_and_keeps_its_shape():
    image = np.random.default_rng(0).integers(60, 200, (20, 30, 3), dtype=np.uint8)
    made = [reproduce(image, rng=np.random.default_rng(seed)) for seed in range(200)]
    assert all(one.shape == image.shape for one in made)
    grey = np.mean([np.abs(one[..., 0].astype(int) - one[..., 2]).mean() < 3 for one in made])
    assert 0.05 < grey < 0.25


def test_unknown_augmentation():
    with pytest.raises(InputError, match="curated, usual"):
        augment(np.zeros((8, 8, 3), dtype=np.uint8), 8, rng=np.random.default_rng(0), kind="cropped")


@pytest.mark.parametrize(
    "wrong", [{"objective": "style"}, {"augment": "none"}, {"steps": 0}, {"layer_decay": 0.0}, {"works_per_artist": 1}]
)
def test_settings_out_of_range(wrong):
    with pytest.raises(InputError):
        TuningConfig(**wrong)


def test_few_works_are_drawn_less_often():
    assert TuningConfig().n_steps(300) == 112
    assert TuningConfig().n_steps(300_000) == 480
    assert TuningConfig(steps=5).n_steps(300) == 5


def test_batches_do_not_depend_on_threads_or_on_where_one_began(pictures):
    paths, artists = paths_and_artists(pictures)
    config = TuningConfig(artists_per_batch=3, works_per_artist=2)

    def batches(first, workers):
        loader = Loader(
            paths,
            WorkSampler(artists, artists_per_batch=3, works_per_artist=2),
            size=32,
            side=32,
            config=config,
            workers=workers,
        )
        return list(loader.steps(first, 4))

    whole, late = batches(0, 1), batches(2, 3)
    assert len(whole) == 4
    for one, same in zip(whole[2:], late, strict=True):
        assert np.array_equal(one.pixels, same.pixels)
        assert np.array_equal(one.works, same.works)


def test_early_layers_learn_slower_unless_all_is_new():
    network = Start("artgraph_eye", from_scratch=True).network()
    rates = [group["lr_scale"] for group in make_optimizer(network, TuningConfig()).param_groups]
    assert min(rates) < 0.5
    assert max(rates) == 1
    scratch = make_optimizer(network, TuningConfig(from_scratch=True))
    assert {group["lr_scale"] for group in scratch.param_groups} == {1.0}


@pytest.mark.parametrize("objective", ["artist", "simclr", "both"])
def test_the_loss_falls(pictures, objective):
    paths, artists = paths_and_artists(pictures)
    config = TuningConfig(
        objective=objective, from_scratch=True, steps=24, checks=4, artists_per_batch=6, pictures_per_batch=16
    )
    start = Start("artgraph_eye", from_scratch=True, size=32)
    told = []
    tuned = train_descriptor(paths, start, artists=artists, config=config, workers=1, tell=told.append)
    losses = [row["loss"] for row in tuned.history[1:]]
    assert losses[-1] < losses[0]
    [text] = told  # how long they take is not known yet; half precision where the processor computes in it
    assert re.fullmatch(r"24 steps at 32 pixels in (float32|bfloat16) on cpu", text)
    assert tuned.facts["selected_by"] == "nothing"  # six artists are too few to hold any out
    assert tuned.facts["step"] == 24


def test_resumed_is_the_same_as_unbroken(pictures):
    paths, artists = paths_and_artists(pictures)
    config = TuningConfig(from_scratch=True, steps=6, checks=2, artists_per_batch=3, works_per_artist=2)
    start = Start("artgraph_eye", from_scratch=True, size=32)
    states = []
    whole = train_descriptor(
        paths, start, artists=artists, config=config, workers=1, checkpoint=lambda dump: states.append(dump())
    )
    again = train_descriptor(paths, start, artists=artists, config=config, workers=1, resume=states[3])
    assert whole.history == again.history
    assert all(torch.equal(whole.state[name], again.state[name]) for name in whole.state)


def test_held_out_artists_choose_the_step_and_are_not_taught(pictures):
    paths = [path for path in sorted(pictures.glob("*.png")) for _ in range(3)]  # 72 rows
    artists = np.repeat(np.arange(36), 2)
    config = TuningConfig(from_scratch=True, steps=2, checks=2)
    run = Run(paths, Start("artgraph_eye", from_scratch=True, size=32), artists=artists, config=config, workers=1)
    held = set(run.artists[run.held])
    assert len(held) >= 10
    assert (run.loader.sampler.codes[run.held] == -1).all()
    drawn = {artist for batch in run.loader.steps(0, 8) for artist in batch.artists}
    assert not drawn & held
    assert run.facts()["selected_by"] == "artist_precision"


def test_the_eye_keeps_its_activations(pictures):
    paths, artists = paths_and_artists(pictures)
    config = TuningConfig(from_scratch=True, checkpointing=True)
    with pytest.raises(InputError, match="is small"):
        Run(paths, Start("artgraph_eye", from_scratch=True, size=32), artists=artists, config=config)


def test_names_are_needed_where_they_teach(pictures):
    paths, _ = paths_and_artists(pictures)
    with pytest.raises(InputError, match="two artists with two works"):
        Run(paths, Start("artgraph_eye", from_scratch=True, size=32), artists=None)


def test_a_network_that_was_tuned_at_another_size_is_a_plain_file_again(pictures):
    """A vision transformer is tuned on small cut-outs; its position embedding comes back at its own side."""
    paths, artists = paths_and_artists(pictures)
    start = Start("vit_tiny_patch16_224", from_scratch=True, size=64)
    config = TuningConfig(steps=1, checks=1, from_scratch=True, artists_per_batch=2, works_per_artist=2)
    tuned = train_descriptor(paths, start, artists=artists, config=config, workers=1)
    assert tuned.state["pos_embed"].shape == (1, 197, 192)


def test_train_and_describe(corpus):
    made = pipeline.train_descriptor(corpus, name="mine", subject="subject", **QUICK)
    assert made.fresh
    assert not pipeline.train_descriptor(corpus, name="mine", subject="subject", **QUICK).fresh
    assert "too few artists" in pipeline.line(made)
    (described,) = pipeline.describe(corpus, descriptors=("mine",), workers=1)
    assert described.facts == {"n": ARTISTS * WORKS, "dimensions": 256}
    assert not pipeline.describe(corpus, descriptors=("mine",), workers=1)[0].fresh
    label = corpus.label("features", "mine")
    assert label["inputs"]["models/mine"] == corpus.label("models", "mine")["sha256"]
    pipeline.train_descriptor(corpus, name="mine", subject="subject", **{**QUICK, "seed": 1})
    assert pipeline.describe(corpus, descriptors=("mine",), workers=1)[0].fresh  # other weights, other features


def test_tuned_weights_are_a_file_for_other_corpora(corpus):
    pipeline.train_descriptor(corpus, name="mine", **QUICK)
    pipeline.describe(corpus, descriptors=("mine",), workers=1)
    file = corpus.path / "models" / "mine.safetensors"
    same = make_descriptor("cnn:artgraph_eye", weights=file)
    pipeline.describe(corpus, descriptors=(same,), workers=1)
    assert np.array_equal(corpus.get("features", "mine"), corpus.get("features", same.key))


def test_descriptors_that_name_a_network_are_asked_as_before(corpus):
    with pytest.raises(InputError, match="no network to choose"):
        pipeline.describe(corpus, descriptors=("color:resnet18",))


def test_a_name_that_is_taken_or_a_column_that_is_not_there(corpus):
    with pytest.raises(InputError, match="descriptor already"):
        pipeline.train_descriptor(corpus, name="color", **QUICK)
    with pytest.raises(InputError, match="no column 'museum'"):
        pipeline.train_descriptor(corpus, subject="museum", **QUICK)


def test_what_names_taught_is_not_judged_by_names(corpus):
    pipeline.train_descriptor(corpus, name="mine", **QUICK)
    pipeline.describe(corpus, descriptors=("mine",), workers=1)
    pipeline.build_graph(corpus, on=("mine",), n_neighbors=4)
    pipeline.communities(corpus)
    with pytest.raises(CircularError, match="artist"):
        pipeline.evaluate(corpus, against="artist")


def test_command_line(corpus):
    from click.testing import CliRunner

    from artgraph.cli import main

    words = f"train-descriptor {corpus.path} --from-scratch --size 32 --steps 2 --workers 1 --diagnose"
    result = CliRunner().invoke(main, words.split())
    assert result.exit_code == 0, result.output
    assert (corpus.path / "plots" / "mine.png").is_file()
    assert "2 steps" in result.output
    reopened = Corpus(corpus.path)
    assert json.dumps(reopened.label("models", "mine")["facts"]["config"])


@pytest.mark.gpu
def test_a_gpu_tunes_and_leaves_weights_for_any_machine(pictures):
    paths, artists = paths_and_artists(pictures)
    config = TuningConfig(from_scratch=True, steps=6, artists_per_batch=6, pictures_per_batch=16)
    start = Start("artgraph_eye", from_scratch=True, size=32)
    tuned = train_descriptor(paths, start, artists=artists, config=config, workers=1, device="cuda")
    assert np.isfinite([row["loss"] for row in tuned.history[1:]]).all()
    assert all(not value.is_cuda and value.isfinite().all() for value in tuned.state.values())
