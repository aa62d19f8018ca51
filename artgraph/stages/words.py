"""Which words of a vocabulary fit each cluster, and where the works lie that are nearest to each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgraph.checks import unit_rows
from artgraph.errors import InputError, MissingError
from artgraph.formats import content_sha256, json_ready
from artgraph.lineage import Lineage, Ref
from artgraph.settings import WordSettings
from artgraph.stages.base import Made, Progress, catalogue_of, columns, make, progress_of
from artgraph.vocabulary import PROMPT, Term, prompts_of, read_vocabulary

if TYPE_CHECKING:
    from artgraph.atlas.words import Words
    from artgraph.corpus import Corpus
    from artgraph.descriptors.openclip import Openclip

__all__ = [
    "VECTORS", "described_for_words", "encode_words", "encoded_again", "name_clusters", "page_words", "phrase_vector",
    "words", "words_for",
]  # fmt: skip

VECTORS = Ref("models", "words")


def words(
    corpus: Corpus,
    *,
    partition: str = "leiden",
    vocabulary: str | Path | None = None,
    on: str | None = None,
    weights: str | Path | Sequence[str | Path] | None = None,
    device: str = "auto",
    progress: Progress = None,
    **settings: Any,
) -> Made:
    """Name each cluster of a partition by the words that fit its works better than the others.

    Pictures and words are compared by CLIP, in features that ``describe`` made with ``openclip``. A word is named where
    random phrases do not reach as much: see ``cluster_words``. The vectors of the vocabulary stay in the corpus, so
    that the network is needed once.

    Parameters
    ----------
    corpus, partition
    vocabulary : A user's terms, see ``read_vocabulary``; default: those that come with artgraph.
    on : The features; default: those of ``openclip``, where there is one set.
    weights : The file that the works were described with; default: where it was then.
    device : {"auto", "cpu", "cuda"}
    progress : callable(stage, done, total)
    **settings : Fields of ``artgraph.settings.WordSettings``.

    Returns
    -------
    Made
        ``reports/<partition>-words``: facts ``clusters``, a list of dict with ``cluster`` and ``words`` (``term``,
        ``kind``, ``aat``, ``difference``, ``low``, ``high``, ``chance``, ``margin``, ``p``). A table is written to
        ``exports/<partition>-words.csv``.

    Raises
    ------
    MissingError
        No works were described by ``openclip``.
    InputError
        There are several such features, or ``on`` names others; or the vocabulary cannot be used.
    WeightsError
        The weights are gone, or are others than the works were described with.
    """
    chosen, lineage = WordSettings.of(settings), Lineage(corpus)
    key = described_for_words(corpus, on)
    lineage.inputs([Ref("partitions", partition), Ref("features", key)])
    made = {"own": vocabulary is None, "weights": weights, "device": device, "progress": progress}
    encode_words(corpus, read_vocabulary(vocabulary), on=key, settings=chosen, **made)
    report = name_clusters(corpus, partition, on=key, settings=chosen)
    _write_table(corpus, partition, report)
    return report


def name_clusters(corpus: Corpus, partition: str, *, on: str, settings: WordSettings) -> Made:
    """Name clusters by the words whose vectors are there.

    Parameters
    ----------
    corpus, partition, settings
    on : Key of the features.

    Returns
    -------
    Made
        As of ``words``.
    """
    from artgraph.evaluation.uncertainty import group_resamples, row_groups
    from artgraph.interpret import cluster_words, distinct_words

    ref = Ref("partitions", partition)

    def compute() -> tuple[dict, dict]:
        X, vectors = corpus.get("features", on), corpus.get(*VECTORS)
        terms = [Term(*one) for one in corpus.label(*VECTORS)["facts"]["terms"]]
        T = vectors["terms"].numpy()
        artists = row_groups(catalogue_of(corpus).artists, len(corpus))
        found = cluster_words(
            X,
            corpus.get(*ref),
            T,
            phrases=vectors["phrases"].numpy(),
            resamples=group_resamples(artists, n_bootstrap=settings.n_bootstrap, seed=settings.seed),
        )
        scores = unit_rows(X, least=0) @ T.T
        clusters = [
            {"cluster": label, "words": [_said(one, terms) for one in distinct_words(entries, scores)]}
            for label, entries in found.items()
        ]
        named = sum(bool(one["words"]) for one in clusters)
        summary = f"{named} of {len(clusters)} clusters named from {len(terms)} terms"
        return {}, json_ready({"partition": partition, "on": on, "clusters": clusters, "summary": summary})

    return make(
        corpus,
        "words",
        Ref("reports", f"{partition}-words"),
        params=settings.params() | {"on": on},
        inputs=[ref, VECTORS, Ref("features", on), *columns("artist")],
        compute=compute,
    )


def _said(entry: dict[str, Any], terms: Sequence[Term]) -> dict[str, Any]:
    one = terms[entry["term"]]
    return {**entry, "term": one.term, "kind": one.kind, "aat": one.aat}


def encode_words(
    corpus: Corpus,
    terms: Sequence[Term],
    *,
    on: str,
    settings: WordSettings,
    own: bool = True,
    weights: str | Path | Sequence[str | Path] | None = None,
    device: str = "auto",
    progress: Progress = None,
) -> Made:
    """Encode terms, and random phrases of the same lengths in the same prompts, by the text tower.

    Parameters
    ----------
    corpus, terms, settings
    on : Key of the features that the image tower of the same network made.
    own : Whether the terms are those that come with artgraph; for the command that makes this again.
    weights, device, progress : As for ``words``.

    Returns
    -------
    Made
        ``models/words``: ``terms`` (t, d) and ``phrases`` (r, d) float32 of length 1; facts ``terms``.
    """
    params = Lineage(corpus).params(Ref("features", on))

    def compute() -> tuple[dict, dict]:
        import torch

        tower = _text_tower(corpus, on, weights=weights, device=device)
        drawn = tower.random_phrases([one.term for one in terms], times=settings.phrases, seed=settings.seed)
        prompts = [one.prompt for one in terms for _ in range(settings.phrases)]
        phrases = [Term(text, prompt=prompt) for text, prompt in zip(drawn, prompts, strict=True)]
        vectors = _encoded(tower, [*terms, *phrases], progress)
        parts = {"terms": torch.from_numpy(vectors[: len(terms)]), "phrases": torch.from_numpy(vectors[len(terms) :])}
        facts = {"terms": [list(one) for one in terms], "phrases": len(phrases), "dimensions": vectors.shape[1]}
        return {"": parts}, facts

    told = {"own": own, "on": on, "terms_sha256": content_sha256([text for one in terms for text in one])}
    told |= {name: params[name] for name in ("weights_sha256", "architecture")}
    chosen = {"phrases": settings.phrases, "seed": settings.seed}
    return make(corpus, "encode_words", VECTORS, params=chosen | told, inputs=[], compute=compute)


def encoded_again(corpus: Corpus, made: Corpus, params: Mapping[str, Any], **where: Any) -> Made:
    """Encode the terms that another corpus has vectors of.

    Parameters
    ----------
    corpus
    made : The other corpus.
    params : From the label there.
    **where : ``weights``, ``device``, ``progress``.
    """
    terms = [Term(*one) for one in made.label(*VECTORS)["facts"]["terms"]]
    settings = WordSettings.of({name: params[name] for name in ("phrases", "seed")})
    return encode_words(corpus, terms, on=params["on"], own=params["own"], settings=settings, **where)


def _encoded(tower: Openclip, terms: Sequence[Term], progress: Progress) -> np.ndarray:
    """Return the vectors of terms, (t, d) float32 of length 1: the mean over the prompts of each."""
    prompts = [prompts_of(one) for one in terms]
    texts = list(dict.fromkeys(text for forms in prompts for text in forms))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = tower.texts(texts, progress=progress_of(progress, "words"))
    return unit_rows(np.stack([vectors[[rows[text] for text in forms]].mean(axis=0) for forms in prompts]))


def phrase_vector(
    corpus: Corpus, text: str, without: str | None, *, on: str, weights: Any = None, device: str = "auto"
) -> np.ndarray:
    """Return where a phrase lies among the works, (d,) float32, less where the one to avoid lies.

    Parameters
    ----------
    corpus
    text, without : As they stand, or in the prompt that terms are put into: both are encoded and averaged.
    on : Key of the features.
    weights, device : As for ``words``.
    """
    tower = _text_tower(corpus, on, weights=weights, device=device)
    asked = [Term(" ".join(one.split()), prompt=f"{PROMPT}|{{}}") for one in (text, without) if one is not None]
    vectors = _encoded(tower, asked, None)
    return vectors[0] - vectors[1] if len(vectors) > 1 else vectors[0]


def _text_tower(corpus: Corpus, key: str, *, weights: Any, device: str) -> Openclip:
    from artgraph.stages.project import descriptor_of

    found = descriptor_of(corpus, key, weights=weights, device=device)
    return getattr(found, "descriptor", found)  # of one that is shown pictures in grey


def described_for_words(corpus: Corpus, on: str | None = None) -> str:
    """Return the key of the features that lie in one space with words.

    Parameters
    ----------
    corpus
    on : The key that the user named, if any.

    Raises
    ------
    MissingError, InputError
        There are none; or several, or the one that was named is none of them.
    """
    there = [key for key in corpus.keys("features") if _lies_with_words(corpus, key)]
    if on is not None and on not in there:
        corpus.label("features", on)
        raise InputError(
            f"Features '{on}' in {corpus.path} do not lie in one space with words (there are: "
            f"{', '.join(there) or 'none'}); make such with: artgraph describe {corpus.path} --with openclip"
        )
    if not there:
        raise MissingError(
            f"No features in {corpus.path} lie in one space with words. Make them with: artgraph describe "
            f"{corpus.path} --with openclip --weights FILE"
        )
    if on is None and len(there) > 1:
        raise InputError(f"Words can be compared with the features {', '.join(there)}; name one with --on")
    return on or there[0]


def _lies_with_words(corpus: Corpus, key: str) -> bool:
    params = Lineage(corpus).known(Ref("features", key))["made_by"]["params"]
    return params.get("descriptor") == "openclip"


def words_for(corpus: Corpus, partition: str) -> dict[int, list[dict[str, Any]]]:
    """Return the words of each cluster of a ``partition`` of a corpus; none where there are none, or stale ones."""
    ref = Ref("reports", f"{partition}-words")
    if not corpus.has(*ref) or Lineage(corpus).stale(ref):
        return {}
    return {one["cluster"]: one["words"] for one in corpus.label(*ref)["facts"]["clusters"]}


def page_words(corpus: Corpus, partition: str) -> Words | None:
    """Return what a page on a ``partition`` of a corpus needs for search by words; None where there are no vectors."""
    from artgraph.atlas.words import Words
    from artgraph.interpret import best_works

    if not corpus.has(*VECTORS):
        return None
    lineage = Lineage(corpus)
    params, features = lineage.params(VECTORS), Ref("features", lineage.params(VECTORS)["on"])
    if not corpus.has(*features) or lineage.stale(features):
        return None
    if lineage.params(features).get("weights_sha256") != params["weights_sha256"]:
        return None  # works and words were described by two networks
    terms = corpus.label(*VECTORS)["facts"]["terms"]
    rows, cosines = best_works(corpus.get(*features), corpus.get(*VECTORS)["terms"].numpy())
    return Words([(term, kind) for term, kind, *_ in terms], rows, cosines, words_for(corpus, partition))


COLUMNS = ("cluster", "term", "kind", "aat", "difference", "low", "high", "chance", "margin", "p")


def _write_table(corpus: Corpus, partition: str, made: Made) -> None:
    import pandas as pd

    from artgraph.export import write_csv

    rows = [{"cluster": one["cluster"], **word} for one in made.facts["clusters"] for word in one["words"]]
    out = corpus.path / "exports" / f"{partition}-words.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_csv(out, pd.DataFrame(rows, columns=COLUMNS))
