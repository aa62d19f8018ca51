"""Where a long training has got to, in a file beside the model."""

import json
import time

__all__ = ["LONG", "Checkpoint"]

LONG = 60  # seconds between checkpoints, so that short trainings write none


class Checkpoint:
    """The state of a training; of use only to the same training on the same input.

    Parameters
    ----------
    corpus : Corpus
    name : str
        Key of the model.
    params : dict of JSON values
        Settings of the training.
    refs : sequence of str
        Its inputs, as ``Corpus.inputs`` takes them.
    """

    def __init__(self, corpus, name, params, refs):
        self.file = corpus.path / "models" / f".training-{name}.safetensors"
        self.made_from = json.dumps([params, corpus.inputs(*refs)], sort_keys=True)
        self.last = time.monotonic()

    def read(self):
        """Return the tensors (dict) of a run that was killed, or None."""
        from safetensors import SafetensorError, safe_open

        if not self.file.is_file():
            return None
        try:
            with safe_open(self.file, framework="pt") as stored:
                if (stored.metadata() or {}).get("made_from") == self.made_from:
                    return {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
        except SafetensorError:  # damaged: begin again
            pass
        return None

    def write_later(self, state):
        """Write what ``state() -> dict of str to tensor`` returns, if the last was long ago."""
        from safetensors.torch import save

        from artgraph.atomic import write_bytes

        if time.monotonic() - self.last >= LONG:
            self.file.parent.mkdir(exist_ok=True)
            write_bytes(self.file, save(state(), metadata={"made_from": self.made_from}))
            self.last = time.monotonic()
