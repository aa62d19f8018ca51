"""CLIP by open_clip: both towers of one file, on tiny checkpoints of the exact layout."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from artgraph.descriptors import make_descriptor
from artgraph.descriptors.openclip import CONFIG, Openclip
from artgraph.errors import InputError, MissingPackageError, WeightsError

open_clip = pytest.importorskip("open_clip")

TINY = {
    "embed_dim": 24,
    "quick_gelu": True,
    "vision_cfg": asdict(open_clip.CLIPVisionCfg(layers=2, width=64, head_width=32, patch_size=8, image_size=32)),
    "text_cfg": asdict(open_clip.CLIPTextCfg(layers=2, width=32, heads=2)),
}
TEXTS = ["thick impasto", "a painting with night", "Vermeer's light, from a window at the left"]


def tiny(folder, *, seed=0, **changes):
    """Write random weights, and the configuration that hub repositories have beside them; return file and model."""
    config = {**TINY, **changes}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        built = dict(config)
        model = (open_clip.CustomTextCLIP if built.pop("custom_text", False) else open_clip.CLIP)(**built).eval()
    folder.mkdir(parents=True, exist_ok=True)
    save_file({key: tensor.contiguous() for key, tensor in model.state_dict().items()}, folder / "m.safetensors")
    (folder / CONFIG).write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {"mean": [0.5, 0.4, 0.3]}}))
    return folder / "m.safetensors", model


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("clip"))


def test_both_towers_are_those_of_open_clip(made):
    file, model = made
    image = np.random.default_rng(0).integers(0, 256, (50, 71, 3), dtype=np.uint8)
    own = make_descriptor("openclip", weights=file)
    own.load()
    transform = open_clip.image_transform(32, is_train=False, mean=(0.5, 0.4, 0.3), std=open_clip.OPENAI_DATASET_STD)
    with torch.inference_mode():
        pictures = model.encode_image(transform(Image.fromarray(image))[None], normalize=True).numpy()
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(own.embed(own.prepare(image)[None]), pictures, atol=1e-5)
    np.testing.assert_allclose(own.texts(TEXTS), texts, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(own.texts(TEXTS), axis=1), 1, atol=1e-6)
    assert own.texts(TEXTS).dtype == np.float32


@pytest.mark.parametrize("changes", [{"custom_text": True}, {"text_cfg": {**TINY["text_cfg"], "no_causal_mask": True}}])
def test_other_text_towers_too(tmp_path, changes):
    file, model = tiny(tmp_path, **changes)
    with torch.inference_mode():
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(Openclip(weights=file).texts(TEXTS), texts, atol=1e-5)


def test_what_a_training_run_saved(tmp_path, made):
    _, model = made
    state = {f"module.{key}": tensor for key, tensor in model.state_dict().items()}
    torch.save({"epoch": 3, "name": "run", "state_dict": state}, tmp_path / "epoch_3.pt")
    (tmp_path / CONFIG).write_text(json.dumps({"model_cfg": TINY}))
    with torch.inference_mode():
        texts = model.encode_text(open_clip.tokenize(TEXTS), normalize=True).numpy()
    np.testing.assert_allclose(Openclip(weights=tmp_path / "epoch_3.pt").texts(TEXTS), texts, atol=1e-5)


def test_quick_gelu_changes_the_vectors_and_the_label(tmp_path):
    quick, other = (tiny(tmp_path / str(value), quick_gelu=value)[0] for value in (True, False))
    assert quick.read_bytes() == other.read_bytes()
    quick, other = (Openclip(weights=file) for file in (quick, other))
    assert quick.params() != other.params()
    assert np.abs(quick.texts(TEXTS) - other.texts(TEXTS)).max() > 1e-4


def test_another_architecture_or_a_part_is_refused(tmp_path, made):
    file, model = made
    state = {key: tensor.contiguous() for key, tensor in model.state_dict().items()}
    save_file({key: state[key] for key in state if not key.startswith("visual")}, tmp_path / "text.safetensors")
    (tmp_path / CONFIG).write_text((file.parent / CONFIG).read_text())
    with pytest.raises(WeightsError, match=r"lacks .* tensors of open_clip's"):
        Openclip(weights=tmp_path / "text.safetensors").load()
    (tmp_path / CONFIG).write_text(json.dumps({"model_cfg": {**TINY, "embed_dim": 16}}))
    save_file(state, tmp_path / "whole.safetensors")
    with pytest.raises(WeightsError, match="other shapes"):
        Openclip(weights=tmp_path / "whole.safetensors").load()


def test_what_cannot_be_used_is_said(tmp_path, made, monkeypatch):
    file, _ = made
    (tmp_path / "alone.safetensors").write_bytes(file.read_bytes())
    with pytest.raises(InputError, match=r"no architecture 'ViT-X'.*open_clip_config\.json.*--with openclip:NAME"):
        make_descriptor("openclip:ViT-X", weights=tmp_path / "alone.safetensors")
    assert make_descriptor("openclip:ViT-B-32", weights=tmp_path / "alone.safetensors").key == "openclip-vit-b-32"
    with pytest.raises(InputError, match="tokenizer that does not come with open_clip"):
        make_descriptor("openclip:ViT-B-16-SigLIP", weights=tmp_path / "alone.safetensors")
    with pytest.raises(WeightsError, match="No weights file"):
        Openclip(weights=tmp_path / "gone.safetensors")
    (tmp_path / CONFIG).write_text('{"model_cfg": {}}')
    with pytest.raises(WeightsError, match="not a configuration of open_clip"):
        Openclip(weights=tmp_path / "alone.safetensors")
    own = Openclip(weights=file)
    for text in (" ", "word " * 90):
        with pytest.raises(InputError, match="expected a phrase of 1 to 75"):
            own.texts([text])
    monkeypatch.setitem(__import__("sys").modules, "open_clip", None)
    with pytest.raises(MissingPackageError, match=r"artgraph\[words\]"):
        Openclip(weights=file)


def test_a_hub_that_cannot_be_reached_says_what_to_fetch(monkeypatch):
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked = []

    def offline(repository, filename, **settings):
        asked.append((repository, filename))
        raise LocalEntryNotFoundError("no network")

    def no_network(url, **settings):
        raise OSError("Name or service not known")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", offline)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", no_network)
    with pytest.raises(WeightsError, match=r"laion/CLIP.*Name or service not known.*open_clip_config\.json.*--weights"):
        Openclip()
    assert asked[0] == ("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "open_clip_model.safetensors")
    with pytest.raises(WeightsError, match=r"publishes no weights 'ViT-B-32\.nothing'"):
        Openclip(backbone="ViT-B-32.nothing")


def test_random_phrases_are_as_long_as_the_texts_in_tokens(made):
    own = Openclip(weights=made[0])
    phrases = own.random_phrases(TEXTS, times=20, seed=1)
    assert phrases == own.random_phrases(TEXTS, times=20, seed=1) != own.random_phrases(TEXTS, times=20, seed=2)
    length = [len(own.tokenizer.encode(text)) for text in [*TEXTS, *phrases]]
    assert length[3:] == [n for n in length[:3] for _ in range(20)]
    assert len(set(phrases)) == 60
