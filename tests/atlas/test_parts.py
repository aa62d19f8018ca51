"""A page of many paintings: what stands in its parts, and that nothing is lost on the way into them."""

import json
import re
import unicodedata
from base64 import b64decode

import numpy as np
import pandas as pd
import pytest

from artgraph.atlas.pack import numbers, unpacked
from artgraph.atlas.parts import fold, id_part, shelf_order, write_parts
from tests.atlas.test_write_atlas import HOSTILE, column, listing, make, read, table, webp

N = 60


@pytest.fixture
def many(monkeypatch):
    monkeypatch.setattr("artgraph.atlas.build.MANY", 10)
    for name, each in {"EACH": 16, "PACK": 8, "_SEARCHED": 25, "_IDS": 20, "_FIRST": 4}.items():
        monkeypatch.setattr(f"artgraph.atlas.parts.{name}", each)


def part(out, kind, k):
    text = (out / "parts" / f"{kind}-{k:06d}.js").read_text("utf-8")
    assert not re.search("[<>&\u2028\u2029]", text)
    value = text.removeprefix(f'artgraph.came("{kind}-{k:06d}",').removesuffix(");\n")
    return json.loads(value)


def given(**more):
    rng = np.random.default_rng(0)
    return {
        "layout": rng.normal(size=(N, 2)),
        "neighbors": (rng.integers(N, size=(N, 3)), rng.random((N, 3))),
        "shares": (["a", "b"], rng.integers(100, size=(N, 3, 2))),
        "membership": {"confidence": rng.random(N), "second": np.arange(N) % 2, "role": ["core", "border"] * (N // 2)},
        "years": np.where(np.arange(N) % 7, 1500.5 + np.arange(N), np.nan),
        "sources": lambda i: None if i == 3 else f"../{i}.jpg",
        "thumbnails": lambda i: None if i == 5 else webp((4 * i, 90, 200)),
        "typicality": rng.random(N),
        "reference": "style",
    } | more


def test_the_parts_hold_what_the_page_would(tmp_path, many, monkeypatch):
    make(tmp_path / "parts", N, **given())
    monkeypatch.setattr("artgraph.atlas.build.MANY", 1000)
    make(tmp_path / "whole", N, **given())
    there, whole = read(tmp_path / "parts"), read(tmp_path / "whole")
    place = unpacked(there["parts"]["place"])
    for name in ("labels", "years", "aspect", "missing"):
        kept = [None if isinstance(v, float) and np.isnan(v) else v for v in unpacked(there[name]).tolist()]
        assert kept == pytest.approx(whole[name])
    assert [f"{tint:06x}" for tint in unpacked(there["tints"]).tolist() if tint] == [t for t in whole["tints"] if t]
    assert [unpacked(c["works"]).tolist() for c in there["clusters"]] == [c["works"] for c in whole["clusters"]]
    kept = there["artists"]["names"]
    assert [kept["values"][c] for c in unpacked(kept["codes"])] == column(
        {"columns": [["a", whole["artists"]["names"]]]}, "a"
    )
    for i in range(N):
        works, at = part(tmp_path / "parts", "works", place[i] // 16), place[i] % 16
        for name, _ in whole["columns"]:
            assert column(works, name)[at] == column(whole, name)[i]
        assert works["sources"][at] == whole["sources"][i]
        for name in ("rows", "similarity"):
            assert works["neighbors"][name][3 * at : 3 * at + 3] == whole["neighbors"][name][3 * i : 3 * i + 3]
        assert works["shares"]["percent"][6 * at : 6 * at + 6] == whole["shares"]["percent"][6 * i : 6 * i + 6]
        for name in ("confidence", "second"):
            assert works["membership"][name][at] == whole["membership"][name][i]
        held = part(tmp_path / "parts", "thumbs", place[i] // 8)[place[i] % 8]
        file = tmp_path / "whole" / "thumbs" / f"{i:06d}.webp"
        assert (held and b64decode(held)) == (file.read_bytes() if file.exists() else None)
    assert not (tmp_path / "parts" / "thumbs").exists()


def test_the_same_bytes_and_nothing_of_an_older_page(tmp_path, many, monkeypatch):
    make(tmp_path / "a", N, **given())
    make(tmp_path / "b", N, **given())
    assert listing(tmp_path / "a") == listing(tmp_path / "b")
    (tmp_path / "a" / "parts" / "mine.js").write_text("mine")
    make(tmp_path / "a", 12, thumbnails=lambda i: webp("red"))
    assert sorted(p.name for p in (tmp_path / "a" / "parts").glob("[tw]*")) == [
        "thumbs-000000.js",
        "thumbs-000001.js",
        "works-000000.js",
    ]
    monkeypatch.setattr("artgraph.atlas.build.MANY", 1000)
    make(tmp_path / "a", 6)
    assert [p.name for p in (tmp_path / "a" / "parts").iterdir()] == ["mine.js"]
    assert len(list((tmp_path / "a" / "thumbs").iterdir())) == 6


def test_hostile_texts_stay_in_their_parts(tmp_path, many):
    texts = (HOSTILE * 2)[:12]
    ids = [f"{text}{i}" for i, text in enumerate(texts)]
    paintings = table(12, title=pd.Series(texts, dtype=object), id=pd.Series(ids, dtype=object)).astype(object)
    make(tmp_path, 12, table=paintings)
    there = read(tmp_path)
    place = unpacked(there["parts"]["place"])
    works = part(tmp_path, "works", 0)
    assert [column(works, "title")[place[i]] for i in range(12)] == texts
    ids = part(tmp_path, "ids", 0)
    assert dict(zip(ids["ids"], ids["rows"], strict=True)) == {id_: i for i, id_ in enumerate(paintings["id"])}
    lines = part(tmp_path, "search", 0)["text"].split("\n")
    assert len(lines) == 12, "a line is a painting, whatever breaks its title has"
    assert all(fold(f"id {i}".split()[1]) in line for i, line in enumerate(lines))


def test_a_column_of_few_values_is_one_part(tmp_path, many):
    make(tmp_path, N)
    files = dict(read(tmp_path)["parts"]["columns"])
    assert files["title"] is None
    style = part(tmp_path, "column", files["style"])
    assert [style["values"][code] for code in unpacked(style["codes"])] == table(N)["style"].tolist()


def test_a_cluster_begins_together_and_the_rest_hangs_together():
    nearby = np.array([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    works = [list(range(8)), [8, 9]]
    assert shelf_order(works, None).tolist() == list(range(10))
    first = 256
    long = np.arange(first + 4)
    shelf = shelf_order([long], long[::-1])
    assert shelf.tolist() == [*range(first), first + 3, first + 2, first + 1, first]
    assert sorted(shelf_order(works, nearby)) == list(range(10))


def test_no_painting_has_no_part():
    written = {}
    empty = {"id": []}
    write_parts(written.__setitem__, columns=empty, shelf=np.zeros(0, int), details=lambda rows: {}, searched=["id"])
    assert not [name for name in written if "works" in name]


@pytest.mark.parametrize("values", [[], [0, 255], [-1, 3], [0, 70_000], [-40_000], [1.5, np.nan]])
def test_numbers_come_back(values):
    packed = numbers(values, packed=True)
    np.testing.assert_array_equal(unpacked(packed), values)
    np.testing.assert_array_equal(
        unpacked(numbers(np.array(values, int if values != [1.5, np.nan] else float), packed=False)).astype(float),
        values,
    )


def test_folding_drops_accents_of_latin_letters_alone():
    assert fold("Dürer, ÉTÉ ß Ångström") == "durer, ete ß angstrom"
    assert fold("Йога") == unicodedata.normalize("NFC", "йога")
    assert fold(HOSTILE[7]) == HOSTILE[7]


def test_ids_are_spread(many):
    parts = np.bincount([id_part(f"museum/{i:07d}.jpg", 16) for i in range(16_000)])
    assert parts.min() > 800
    assert parts.max() < 1200
