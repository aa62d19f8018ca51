import time

import pytest
import torch

from artgraph.errors import InputError
from artgraph.learning.checkpoint import Checkpoint, pack, unpack
from artgraph.learning.device import pick_device
from artgraph.learning.dropout import dropout
from artgraph.learning.prefetch import prefetch


def test_a_checkpoint_is_of_use_to_the_same_training_alone(tmp_path):
    file = tmp_path / "models" / ".training-vgae.safetensors"
    mine = Checkpoint(file, made_from={"seed": 0})
    mine.write_later(lambda: {"a": torch.ones(2)})
    assert mine.read() is None  # a short training writes none
    mine.last -= 1000
    mine.write_later(lambda: {"a": torch.ones(2)})
    assert torch.equal(mine.read()["a"], torch.ones(2))
    assert Checkpoint(file, made_from={"seed": 1}).read() is None
    file.write_bytes(b"cut off")
    assert mine.read() is None
    mine.remove()
    mine.remove()
    assert not file.exists()


def test_what_is_packed_is_unpacked():
    def trained(steps):
        layer = torch.nn.Linear(2, 1)
        torch.nn.init.ones_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
        optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1)
        return layer, optimizer, step(layer, optimizer, steps)

    def step(layer, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            layer(torch.tensor([[1.0, 2.0]])).square().sum().backward()
            optimizer.step()
        return layer.weight.detach().clone()

    whole = trained(5)[2]
    layer, optimizer, _ = trained(3)
    tensors = pack({"step": 3}, {"layer": layer.state_dict(), "best": {}}, optimizer)
    step(layer, optimizer, 1)  # shares no memory
    other, fresh, _ = trained(0)
    progress, parts = unpack(tensors, fresh)
    assert progress == {"step": 3}
    assert set(parts) == {"layer"}
    other.load_state_dict(parts["layer"])
    assert torch.equal(step(other, fresh, 2), whole)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_an_error():
    assert pick_device("auto") == "cpu"
    with pytest.raises(InputError, match="no GPU"):
        pick_device("cuda")


def test_dropout_keeps_the_mean_and_drops_its_share():
    values = torch.full((301, 7), 2.0)
    found = dropout(values, share=0.25, generator=torch.Generator().manual_seed(0))
    assert found.unique().tolist() == pytest.approx([0.0, 2 / 0.75])
    assert float((found == 0).float().mean()) == pytest.approx(0.25, abs=0.04)
    again = dropout(values, share=0.25, generator=torch.Generator().manual_seed(0))
    assert torch.equal(found, again)
    assert not torch.equal(found, dropout(values, share=0.25, generator=torch.Generator().manual_seed(1)))
    assert dropout(values, share=1e-9, generator=torch.Generator()).max().item() == pytest.approx(2 * 256 / 255)


def test_batches_come_in_order_whoever_is_first():
    def work(seconds, value):
        time.sleep(seconds)
        return value

    batches = [("a", [(0.05, 1), (0, 2)]), ("b", []), ("c", [(0, 3)])]
    assert list(prefetch(batches, work, workers=3)) == [("a", [1, 2]), ("b", []), ("c", [3])]


def test_no_more_than_a_few_batches_are_begun_ahead():
    begun = []
    batches = ((number, [(number,)]) for number in range(100))
    coming = prefetch(batches, begun.append, workers=1)
    next(coming)
    coming.close()
    assert len(begun) <= 4


def test_an_error_in_a_thread_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        list(prefetch([(n, [(n,)]) for n in range(9)], lambda n: 1 / n))
