import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.data import create_transform, resolve_data_config

from artgraph.descriptors import DESCRIPTORS, Pooled, extract, make_descriptor
from artgraph.descriptors.preprocess import resize_crop
from artgraph.errors import InputError, WeightsError
from artgraph.shards import ShardStore

SMALL = ("test_resnet", "test_vit")

CLIP_BACKBONE = DESCRIPTORS["clip"].keywords["backbone"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Random weights, complete with classifier, of a CNN and of a vision transformer."""
    folder = tmp_path_factory.mktemp("weights")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for name in SMALL:
            save_file(timm.create_model(name, pretrained=False).state_dict(), folder / f"{name}.safetensors")
    return folder


def pictures(n, h, w):
    return np.random.default_rng(0).integers(0, 256, (n, h, w, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", SMALL)
def test_in_the_one_pass(folder, name, tmp_path):
    image = pictures(1, 300, 411)[0]
    Image.fromarray(image).save(tmp_path / "a.png")
    descriptor = make_descriptor(f"cnn:{name}", weights=folder)
    ((features, fitted),) = extract([tmp_path / "a.png"], [descriptor], [ShardStore(tmp_path, ".shards-", "f" * 64)])
    np.testing.assert_allclose(features, descriptor.embed(descriptor.prepare(image)[None]), atol=1e-5)
    assert fitted == {}


def reference(name, folder, image):
    """What timm's own transform and model give, without the classifier: pooled (d,) and last features."""
    model = timm.create_model(name, pretrained=False).eval()
    model.load_state_dict(load_file(folder / f"{name}.safetensors"))
    model.reset_classifier(0)
    transform = create_transform(**resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict()))
    pixels = transform(Image.fromarray(image))[None]
    with torch.inference_mode():
        return model(pixels)[0].numpy(), model.forward_features(pixels)[0].numpy()


@pytest.mark.parametrize("name", SMALL)
def test_features_are_those_of_timm(folder, name):
    image = pictures(1, 300, 411)[0]
    pooled, last = reference(name, folder, image)
    own = make_descriptor(f"cnn:{name}", weights=folder)
    own.load()
    assert own.key == f"cnn-{name}"
    features = own.embed(own.prepare(image)[None])
    assert features.dtype == np.float32
    np.testing.assert_allclose(features[0], pooled, atol=1e-4)
    mean = Pooled(backbone=name, weights=folder / f"{name}.safetensors", pool="mean")
    mean.load()
    by_hand = last.mean(axis=(1, 2)) if last.ndim == 3 else last[1:].mean(axis=0)  # without the class token
    np.testing.assert_allclose(mean.embed(mean.prepare(image)[None])[0], by_hand, atol=1e-4)
    assert own.params() != mean.params()
    assert (np.abs(by_hand - pooled).max() > 1e-3) == (name != "test_resnet")  # a CNN's own pooling is the mean


def test_a_map_with_the_channels_last_is_averaged_over_positions(folder):
    class Swinlike:
        output_fmt = "NHWC"

    descriptor = Pooled(backbone="test_resnet", weights=folder / "test_resnet.safetensors")
    descriptor.network = Swinlike()
    features = torch.arange(12.0).view(1, 2, 2, 3)
    assert descriptor._mean(features).tolist() == [[4.5, 5.5, 6.5]]


@pytest.mark.parametrize(
    "name",
    ["resnet50", "vit_tiny_patch16_224", "mobilenetv2_100", CLIP_BACKBONE, "densenet121"],
)
@pytest.mark.parametrize(("h", "w"), [(448, 448), (448, 600), (603, 449), (700, 333), (40, 77)])
def test_pixels_are_those_of_timm(name, h, w):
    config = resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
    image = pictures(1, h, w)[0]
    theirs = create_transform(**config, normalize=False)(Image.fromarray(image)).permute(1, 2, 0).numpy()
    ours = resize_crop(
        image, config["input_size"][1], crop_pct=config["crop_pct"], interpolation=config["interpolation"]
    )
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    "config",
    [
        {"crop_mode": "squash", "crop_pct": 1.0, "interpolation": "bicubic"},
        {"crop_mode": "squash", "crop_pct": 0.9, "interpolation": "bilinear"},
        {"crop_mode": "center", "crop_pct": 1.15, "interpolation": "lanczos"},
        {"crop_mode": "center", "crop_pct": 0.77, "interpolation": "nearest"},
    ],
)
@pytest.mark.parametrize(("h", "w"), [(448, 601), (603, 449)])
def test_other_ways_to_crop_are_those_of_timm(config, h, w):
    image = pictures(1, h, w)[0]
    theirs = create_transform((3, 97, 97), **config, normalize=False)(Image.fromarray(image)).permute(1, 2, 0).numpy()
    ours = resize_crop(
        image, 97, crop_pct=config["crop_pct"], mode=config["crop_mode"], interpolation=config["interpolation"]
    )
    np.testing.assert_array_equal(ours, theirs)


def test_half_precision_and_a_classifier_for_other_classes(folder, tmp_path):
    state = load_file(folder / "test_resnet.safetensors")
    state = {key: value.half() if value.is_floating_point() else value for key, value in state.items()}
    state["fc.weight"], state["fc.bias"] = torch.ones(7, 9), torch.ones(7)
    save_file(state, tmp_path / "half.safetensors")
    whole, half = (
        Pooled(backbone="test_resnet", weights=f)
        for f in (folder / "test_resnet.safetensors", tmp_path / "half.safetensors")
    )
    whole.load()
    half.load()
    assert {p.dtype for p in half.network.parameters()} == {torch.float32}
    batch = pictures(2, 160, 160)
    np.testing.assert_allclose(half.embed(batch), whole.embed(batch), rtol=0.02, atol=0.01)


def test_a_file_that_ends_early_or_belongs_elsewhere_is_refused(folder, tmp_path):
    state = load_file(folder / "test_resnet.safetensors")
    save_file(
        {key: value for key, value in state.items() if not key.startswith(("layer4", "fc"))},
        tmp_path / "part.safetensors",
    )
    with pytest.raises(WeightsError, match=r"lacks 15 tensors of timm's 'test_resnet', such as layer4\.0"):
        Pooled(backbone="test_resnet", weights=tmp_path / "part.safetensors").load()
    with pytest.raises(WeightsError, match=r"lacks .*such as cls_token"):
        Pooled(backbone="test_vit", weights=folder / "test_resnet.safetensors").load()
    save_file({**state, "layer5.weight": torch.ones(1)}, tmp_path / "more.safetensors")
    with pytest.raises(WeightsError, match=r"unknown 1 tensors.*layer5\.weight"):
        Pooled(backbone="test_resnet", weights=tmp_path / "more.safetensors").load()


def test_another_size(folder):
    batch = pictures(1, 96, 96)
    for name, d in zip(SMALL, (96, 64), strict=True):
        descriptor = make_descriptor("cnn", backbone=name, weights=folder, size=96)
        assert descriptor.size == {"test_resnet": 101, "test_vit": 101}[name]  # before the crop
        descriptor.load()
        assert descriptor.prepare(pictures(1, 150, 120)[0]).shape == (96, 96, 3)
        assert descriptor.embed(batch).shape == (1, d)


def test_defaults_and_names(folder):
    cnn = make_descriptor("cnn", backbone="test_resnet", weights=folder)
    clip = make_descriptor("clip", backbone="test_resnet", weights=folder)
    assert (cnn.name, cnn.key, clip.name, clip.key) == ("cnn", "cnn", "clip", "clip")
    assert timm.get_pretrained_cfg(CLIP_BACKBONE).hf_hub_id == "timm/vit_large_patch14_clip_224.openai"
    with torch.device("meta"):
        assert timm.create_model(CLIP_BACKBONE, num_classes=0).num_features == 1024
        assert timm.create_model("resnet50", num_classes=0).num_features == 2048


def test_what_cannot_be(folder):
    weights = folder / "test_resnet.safetensors"
    with pytest.raises(InputError, match="no network 'squeezenet1_1'"):
        Pooled(backbone="squeezenet1_1", weights=weights)
    with pytest.raises(InputError, match="no pooling 'max'"):
        Pooled(backbone="test_resnet", weights=weights, pool="max")
    with pytest.raises(WeightsError, match="No weights file"):
        Pooled(backbone="test_resnet", weights=folder / "gone.safetensors")
    with pytest.raises(InputError, match="cropped by 'border'"):
        resize_crop(pictures(1, 9, 9)[0], 4, mode="border")


@pytest.mark.gpu
@pytest.mark.parametrize("spec", ["cnn:test_resnet", "cnn:test_vit", "gram:test_resnet"])
def test_a_gpu_describes_as_the_cpu_does(folder, spec):
    here, there = (make_descriptor(spec, weights=folder, device=device) for device in ("cpu", "cuda"))
    for descriptor in (here, there):
        descriptor.load()
    pixels = np.stack([here.prepare(image) for image in pictures(4, 300, 411)])
    a, b = (np.asarray(descriptor.embed(pixels), dtype=np.float64) for descriptor in (here, there))
    cosine = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert (cosine > 0.999).all()  # the GPU computes in bfloat16
