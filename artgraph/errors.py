"""Everything that artgraph raises on purpose.

::

    ArtgraphError                 caught by the command line: message, exit 1, no traceback
    ├── CorpusError               the directory: not a corpus, other format, damaged, already holds other paintings
    │   ├── MissingError          a feature, graph or partition that has not been made yet (says how to make it)
    │   ├── StaleError            made from inputs that have changed since (says what to run again)
    │   └── LockedError           another artgraph is writing to this corpus
    ├── InputError (ValueError)   arguments or arrays that cannot be used: shapes, NaN, an unknown name
    ├── FetchError                one address that gives nothing usable: ``reason`` (a fixed code), ``detail``
    ├── ImageError                one picture that cannot be taken: ``reason`` (a fixed code), ``detail``
    ├── IngestError               a folder or a spreadsheet that cannot be read, or too many refused pictures
    ├── WeightsError              network weights that cannot be had or do not fit (says which file to fetch)
    ├── EngineError               other machines cannot be reached, or their workers die again and again
    ├── MissingPackageError       an optional package that is not installed (says how to install it)
    └── CircularError             a column that made links cannot be the column a partition is evaluated against

A message says what happened, where, what was expected, and what to do next.
"""

__all__ = [
    "ArtgraphError", "CircularError", "CorpusError", "EngineError", "FetchError", "ImageError", "IngestError",
    "InputError", "LockedError", "MissingError", "MissingPackageError", "StaleError", "WeightsError",
]  # fmt: skip


class ArtgraphError(Exception):
    """Base of all errors that artgraph raises on purpose."""


class CorpusError(ArtgraphError):
    """The corpus directory cannot be used as it is."""


class MissingError(CorpusError):
    """Something that a stage needs has not been made yet."""


class StaleError(CorpusError):
    """Something was made from inputs that have changed since."""


class LockedError(CorpusError):
    """Another process is writing to the corpus."""


class InputError(ArtgraphError, ValueError):
    """An argument or an array cannot be used."""


class FetchError(ArtgraphError):
    """One address gives nothing that can be used.

    ``reason`` is a short fixed code ("404", "empty answer", "no picture", ...); ``detail`` is one sentence; ``again``
    says whether another try may help.
    """

    def __init__(self, reason: str, detail: str = "", *, again: bool = False) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail, self.again = reason, detail, again

    def __reduce__(self) -> tuple[type, tuple[str, str], dict[str, bool]]:
        return type(self), (self.reason, self.detail), {"again": self.again}


class ImageError(ArtgraphError):
    """One picture cannot be taken.

    ``reason`` is a short fixed code, the same for every picture with this trouble ("truncated", "not an image", ...);
    ``detail`` is one sentence for a person.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.reason, self.detail)


class IngestError(ArtgraphError):
    """A folder or a spreadsheet cannot be read, or too much of it was refused."""


class WeightsError(ArtgraphError):
    """Network weights cannot be had, or do not fit the network."""


class EngineError(ArtgraphError):
    """Other machines cannot be reached, or their workers die again and again."""


class MissingPackageError(ArtgraphError):
    """An optional package is not installed."""


class CircularError(ArtgraphError):
    """The reference column was used to make the graph."""
