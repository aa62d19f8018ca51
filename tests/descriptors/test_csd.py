import argparse
import hashlib
import io
import math
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torchvision import transforms

from artgraph.descriptors import csd, make_descriptor
from artgraph.descriptors.csd import Csd, StyleTower, clip_tower, read_checkpoint
from artgraph.descriptors.preprocess import resize_crop, square_tiles
from artgraph.errors import InputError, WeightsError

WIDTH, HIDDEN, PATCH, GRID, BLOCKS, STYLE = 128, 256, 8, 4, 3, 24  # two heads of 64, pictures of 32 pixels


def tensors():
    """The tensors of a tiny CSD, under the published names without prefix."""
    make = torch.Generator().manual_seed(0)

    def random(*shape, scale=0.1, shift=0.0):
        return torch.randn(*shape, generator=make) * scale + shift

    state = {
        "backbone.class_embedding": random(WIDTH),
        "backbone.positional_embedding": random(GRID**2 + 1, WIDTH),
        "backbone.conv1.weight": random(WIDTH, 3, PATCH, PATCH),
    }
    for norm in ("ln_pre", "ln_post"):
        state[f"backbone.{norm}.weight"] = random(WIDTH, shift=1.0)
        state[f"backbone.{norm}.bias"] = random(WIDTH)
    for block in range(BLOCKS):
        own = f"backbone.transformer.resblocks.{block}."
        for norm in ("ln_1", "ln_2"):
            state[f"{own}{norm}.weight"] = random(WIDTH, shift=1.0)
            state[f"{own}{norm}.bias"] = random(WIDTH)
        state[own + "attn.in_proj_weight"] = random(3 * WIDTH, WIDTH)
        state[own + "attn.in_proj_bias"] = random(3 * WIDTH)
        state[own + "attn.out_proj.weight"] = random(WIDTH, WIDTH)
        state[own + "attn.out_proj.bias"] = random(WIDTH)
        state[own + "mlp.c_fc.weight"] = random(HIDDEN, WIDTH)
        state[own + "mlp.c_fc.bias"] = random(HIDDEN)
        state[own + "mlp.c_proj.weight"] = random(WIDTH, HIDDEN)
        state[own + "mlp.c_proj.bias"] = random(WIDTH)
    state["last_layer_style"] = random(WIDTH, STYLE)
    state["last_layer_content"] = random(WIDTH, STYLE)
    return state


def save(file, state, **more):
    """Write a training checkpoint laid out as the published one."""
    optimiser = {"state": {0: {"momentum_buffer": torch.zeros(3)}}, "param_groups": [{"lr": np.float64(1e-4)}]}
    torch.save(
        {
            "model_state_dict": OrderedDict((f"module.{key}", value) for key, value in state.items()),
            "opt_bb": optimiser,
            "opt_proj": optimiser,
            "iter": np.int64(80000),
            "args": argparse.Namespace(arch="vit_large", lr=np.float32(0.003), layers=[1, 2]),
            "fp16_scaler": {"scale": 65536.0},
            **more,
        },
        file,
    )
    return file


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return save(tmp_path_factory.mktemp("csd") / "pytorch_model.bin", tensors())


def by_hand(state, pixels):
    """Compute CSD one picture and one head at a time, from the formulas."""

    def norm(x, name):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True)
        return (x - mean) / (variance + 1e-5).sqrt() * state[f"{name}.weight"] + state[f"{name}.bias"]

    results = []
    for picture in pixels:
        kernels = state["backbone.conv1.weight"].reshape(WIDTH, -1)
        tokens = [state["backbone.class_embedding"]]
        for row in range(0, picture.shape[1], PATCH):
            for column in range(0, picture.shape[2], PATCH):
                tokens.append(kernels @ picture[:, row : row + PATCH, column : column + PATCH].reshape(-1))
        x = norm(torch.stack(tokens) + state["backbone.positional_embedding"], "backbone.ln_pre")
        for block in range(BLOCKS):
            own = f"backbone.transformer.resblocks.{block}."
            h = norm(x, own + "ln_1")
            q, k, v = (h @ state[own + "attn.in_proj_weight"].T + state[own + "attn.in_proj_bias"]).split(WIDTH, dim=1)
            heads = []
            for head in range(WIDTH // 64):
                part = slice(64 * head, 64 * head + 64)
                heads.append(torch.softmax(q[:, part] @ k[:, part].T / 8, dim=1) @ v[:, part])
            x = x + torch.cat(heads, 1) @ state[own + "attn.out_proj.weight"].T + state[own + "attn.out_proj.bias"]
            h = norm(x, own + "ln_2") @ state[own + "mlp.c_fc.weight"].T + state[own + "mlp.c_fc.bias"]
            h = h / (1 + torch.exp(-1.702 * h))
            x = x + h @ state[own + "mlp.c_proj.weight"].T + state[own + "mlp.c_proj.bias"]
        style = norm(x[0], "backbone.ln_post") @ state["last_layer_style"]
        results.append(style / style.square().sum().sqrt())
    return torch.stack(results).numpy()


def pictures(n, *shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape, 3), dtype=np.uint8)


def normalised(batch):
    mean, std = torch.tensor([0.48145466, 0.4578275, 0.40821073]), torch.tensor([0.26862954, 0.26130258, 0.27577711])
    return ((torch.tensor(batch).double() / 255 - mean) / std).permute(0, 3, 1, 2)


def test_the_output_is_that_of_the_formulas(checkpoint):
    descriptor = make_descriptor("csd", weights=f"csd={checkpoint}", size=32)
    descriptor.load()
    batch = np.stack([descriptor.prepare(image) for image in pictures(3, 32, 40)])
    vectors = descriptor.embed(batch)
    assert (vectors.shape, vectors.dtype, descriptor.key) == ((3, STYLE), np.float32, "csd")
    expected = by_hand({key: value.double() for key, value in tensors().items()}, normalised(batch))
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3


def test_the_published_tower_has_297_tensors():
    with torch.device("meta"):
        tower = clip_tower(width=1024, blocks=24, hidden=4096, patch=14, grid=16)
        state = StyleTower(tower, width=1024, dimensions=768).state_dict()
    assert len(state) + 1 == 297  # and the content head
    assert state["backbone.positional_embedding"].shape == (257, 1024)
    assert tower.blocks[0].attn.num_heads == 16
    assert sum(value.numel() for value in state.values()) == 303_179_776 + 1024 * 768


@pytest.mark.parametrize("prefix", ["", "module.", "model_state_dict.module.", "model_state_dict."])
@pytest.mark.parametrize("content", [True, False])
def test_a_safetensors_file_gives_the_same(checkpoint, tmp_path, prefix, content):
    state = {prefix + key: value for key, value in tensors().items() if content or "content" not in key}
    save_file(state, tmp_path / "csd.safetensors")
    batch = pictures(2, 32, 32)
    one, other = (Csd(weights=file, size=32) for file in (checkpoint, tmp_path / "csd.safetensors"))
    one.load()
    other.load()
    np.testing.assert_array_equal(one.embed(batch), other.embed(batch))
    assert one.params() != other.params()  # another file


def test_half_precision_weights_are_cast_up(tmp_path):
    save_file({key: value.half() for key, value in tensors().items()}, tmp_path / "half.safetensors")
    descriptor = Csd(weights=tmp_path / "half.safetensors", size=32)
    descriptor.load()
    assert {p.dtype for p in descriptor.network.parameters()} == {torch.float32}
    half = {key: value.half().double() for key, value in tensors().items()}
    batch = pictures(1, 32, 32)
    np.testing.assert_allclose(descriptor.embed(batch), by_hand(half, normalised(batch)), atol=1e-5)


class Evil:
    def __reduce__(self):
        return print, ("run",)


def test_any_other_python_object_is_refused(tmp_path, capsys):
    file = save(tmp_path / "evil.bin", tensors(), extra=Evil())
    with pytest.raises(WeightsError, match=r"could run code: builtins\.print\. It was not loaded"):
        read_checkpoint(file)
    file = save(tmp_path / "harmless.bin", tensors(), extra=np.ones(2))  # an array, where only scalars are expected
    with pytest.raises(WeightsError, match=r"_reconstruct"):
        read_checkpoint(file)
    assert capsys.readouterr().out == ""


def test_objects_named_by_numpy_1_are_let_through(checkpoint, tmp_path):
    """The published file was written with NumPy 1: rename the module in the pickle."""
    with zipfile.ZipFile(checkpoint) as old, zipfile.ZipFile(tmp_path / "old.bin", "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("data.pkl"):
                for written in (b"numpy._core.multiarray", b"numpy.core.multiarray"):
                    data = data.replace(b"c" + written + b"\nscalar", b"cnumpy.core.multiarray\nscalar")
                assert b"cnumpy.core.multiarray\nscalar" in data
                assert b"cargparse\nNamespace" in data
            new.writestr(entry, data)
    with torch.serialization.safe_globals(csd.ALLOWED):
        loaded = torch.load(tmp_path / "old.bin", weights_only=True)
    assert loaded["iter"] == 80000
    assert loaded["args"].arch == "vit_large"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("backbone.ln_post.bias"), r"lacks 1 tensors of CSD, such as backbone\.ln_post\.bias"),
        (lambda s: s.pop("last_layer_style"), "no tensor last_layer_style"),
        (lambda s: s.pop("backbone.conv1.weight"), r"no tensor backbone\.conv1\.weight"),
        (
            lambda s: s.pop("backbone.transformer.resblocks.1.ln_1.weight"),
            r"lacks 1 .*backbone\.transformer\.resblocks\.1\.ln_1\.weight",
        ),
        (lambda s: s.update({"backbone.proj": torch.ones(2)}), r"unknown 1 tensors of CSD, such as backbone\.proj"),
        (lambda s: s.update({"backbone.transformer.resblocks.7.x": torch.ones(2)}), "lacks 12"),
        (
            lambda s: s.update({"backbone.ln_pre.weight": torch.ones(5)}),
            r"other shapes for 1 .*backbone\.ln_pre\.weight \(\(5,\) instead of \(128,\)\)",
        ),
        (
            lambda s: s.update({"backbone.positional_embedding": torch.ones(16, WIDTH)}),
            r"other shapes for 1 .*positional_embedding \(\(16, 128\) instead of \(17, 128\)\)",
        ),
        (lambda s: s.update({"last_layer_style": torch.ones(STYLE, WIDTH)}), "other shapes.*last_layer_style"),
        (lambda s: s.update({"last_layer_style": torch.ones(STYLE)}), r"last_layer_style of shape \(24,\)"),
        (lambda s: s.clear(), "no tensor"),
    ],
)
@pytest.mark.parametrize("kind", ["bin", "safetensors"])
def test_wrong_tensors_are_named(tmp_path, kind, change, message):
    state = tensors()
    change(state)
    file = tmp_path / f"wrong.{kind}"
    if kind == "bin":
        save(file, state)
    else:
        save_file(state, file)
    descriptor = Csd(weights=file, size=32)
    with pytest.raises(WeightsError, match=message):
        descriptor.load()


def test_a_tower_of_the_published_width_must_have_all_blocks():
    with torch.device("meta"):
        tower = clip_tower(width=1024, blocks=23, hidden=4096, patch=14, grid=16)
        state = StyleTower(tower, width=1024, dimensions=768).state_dict()
    with pytest.raises(WeightsError, match=r"lacks 12 tensors of CSD, such as backbone\.transformer\.resblocks\.23"):
        StyleTower.from_state(state)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"\x80\x02cos\nsystem\n.", b"x" * 100])
def test_files_that_are_no_checkpoints(tmp_path, content):
    for name in ("x.bin", "x.safetensors"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(WeightsError, match=r"x\.(bin|safetensors)"):
            read_checkpoint(tmp_path / name)


@pytest.mark.parametrize("content", [[1, 2], {"model_state_dict": {"a": 1}}, {"model_state_dict": {1: torch.ones(1)}}])
def test_pickles_without_tensors(tmp_path, content):
    torch.save(content, tmp_path / "x.bin")
    with pytest.raises(WeightsError, match="no dictionary of tensors"):
        read_checkpoint(tmp_path / "x.bin")


def test_a_file_as_long_as_the_published_one_must_be_it(checkpoint, monkeypatch):
    monkeypatch.setattr(csd, "PUBLISHED_BYTES", checkpoint.stat().st_size)
    with pytest.raises(WeightsError, match=r"sha256.*40e92fad63a361b8.*damaged"):
        Csd(weights=checkpoint)
    monkeypatch.setattr(csd, "PUBLISHED_SHA256", hashlib.sha256(checkpoint.read_bytes()).hexdigest())
    assert Csd(weights=checkpoint).params()["weights_sha256"] == csd.PUBLISHED_SHA256


def test_without_weights_the_message_says_what_to_fetch(tmp_path):
    for make in (
        Csd,
        lambda: make_descriptor("csd"),
        lambda: make_descriptor("csd", weights=tmp_path),
        lambda: Csd(weights=tmp_path / "gone.bin"),
    ):
        with pytest.raises(WeightsError, match=r"pytorch_model\.bin.*tomg-group-umd/CSD-ViT-L.*--weights csd=FILE"):
            make()


def test_another_size_interpolates_the_positions(checkpoint):
    descriptor = Csd(weights=checkpoint, size=48)
    descriptor.load()
    positions = descriptor.network.state_dict()["backbone.positional_embedding"]
    own = tensors()["backbone.positional_embedding"]
    assert positions.shape == (1 + 6 * 6, WIDTH)
    assert torch.equal(positions[0], own[0])  # the class token's
    torch.testing.assert_close(positions[1:].mean(0), own[1:].mean(0), atol=0.03, rtol=0)
    assert descriptor.embed(pictures(2, 48, 48)).shape == (2, STYLE)
    wrong = Csd(weights=checkpoint, size=50)
    with pytest.raises(InputError, match="multiple of 8 pixels, not 50; take 48"):
        wrong.load()


def test_positions_that_are_linear_stay_linear():
    network = StyleTower(clip_tower(width=64, blocks=0, hidden=1, patch=14, grid=16), width=64, dimensions=1)
    positions = network.state_dict()["backbone.positional_embedding"]  # shares its memory with the network
    row, column = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    positions[1:, 0] = row.flatten()
    positions[1:, 1] = column.flatten()
    network.set_side(336)
    grid = network.state_dict()["backbone.positional_embedding"][1:].view(24, 24, 64)
    centres = (torch.arange(24.0) + 0.5) * 16 / 24 - 0.5
    torch.testing.assert_close(grid[4:20, 7, 0], centres[4:20], atol=1e-5, rtol=0)  # away from the border
    torch.testing.assert_close(grid[7, 4:20, 1], centres[4:20], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("h", "w"),
    [(448, 448), (448, 451), (451, 448), (300, 427), (533, 449), (224, 227), (225, 3000), (120, 77), (3, 5), (1, 1)],
)
def test_pixels_are_those_of_torchvision(h, w):
    image = pictures(1, h, w)[0]
    theirs = transforms.Compose(
        [transforms.Resize(224, transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(224)]
    )
    np.testing.assert_array_equal(resize_crop(image, 224), np.asarray(theirs(Image.fromarray(image))))


def test_an_odd_remainder_is_cut_where_torchvision_cuts_it():
    ramp = np.broadcast_to(np.arange(11, dtype=np.uint8)[None, :, None], (8, 11, 3)).copy()
    assert resize_crop(ramp, 8)[0, :, 0].tolist() == [2, 3, 4, 5, 6, 7, 8, 9]  # 3 / 2 rounds to 2, not down to 1
    assert resize_crop(ramp[:, :9], 8)[0, 0, 0] == 0  # 1 / 2 rounds to 0


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(
    ("long", "starts"),
    [
        (32, [0]),
        (33, [0, 1]),
        (56, [0, 24]),
        (57, [0, 12, 25]),
        (80, [0, 24, 48]),
        (256, [0, 32, 64, 96, 128, 160, 192, 224]),
        (600, [0, 81, 162, 243, 325, 406, 487, 568]),
    ],
)
def test_tiles_go_from_end_to_end(long, starts, upright):
    image = pictures(1, 32, long)[0]
    expected = np.stack([image[:, start : start + 32] for start in starts])
    if upright:
        image, expected = image.swapaxes(0, 1).copy(), expected.swapaxes(1, 2)
    np.testing.assert_array_equal(square_tiles(image, 32), expected)
    if long <= 8 * 32:
        covered = {column for start in starts for column in range(start, start + 32)}
        assert covered == set(range(long))


def test_tiles_are_averaged(checkpoint):
    whole, tiled = Csd(weights=checkpoint, size=32), Csd(weights=checkpoint, size=32, tiles=True)
    whole.load()
    tiled.load()
    panorama, square = pictures(1, 32, 80)[0], pictures(1, 32, 32, seed=1)[0]
    batch = np.stack([tiled.prepare(panorama), tiled.prepare(square)])
    assert batch.shape == (2, 8, 32, 32, 3)
    vectors = tiled.embed(batch)
    mean = whole.embed(square_tiles(panorama, 32)).mean(axis=0)
    np.testing.assert_allclose(vectors[0], mean / math.sqrt((mean**2).sum()), atol=1e-6)
    np.testing.assert_allclose(vectors[1], whole.embed(square[None])[0], atol=1e-6)
    assert tiled.params() != whole.params()


def test_many_tiles_go_through_in_parts(checkpoint, monkeypatch):
    tiled = Csd(weights=checkpoint, size=32, tiles=True)
    tiled.load()
    batch = np.stack([tiled.prepare(image) for image in pictures(3, 32, 200)])
    at_once = tiled.embed(batch)
    monkeypatch.setattr(csd, "FORWARD", 4)
    np.testing.assert_allclose(tiled.embed(batch), at_once, atol=1e-6)


def test_loading_does_not_change_what_torch_allows(checkpoint):
    before = set(torch.serialization.get_safe_globals())
    read_checkpoint(checkpoint)
    assert set(torch.serialization.get_safe_globals()) == before
    buffer = io.BytesIO()
    torch.save(argparse.Namespace(), buffer)
    buffer.seek(0)
    with pytest.raises(Exception, match="weights_only"):
        torch.load(buffer, weights_only=True)
