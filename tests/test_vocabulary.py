"""Vocabularies: that of artgraph, and a user's in whatever file."""

from collections import Counter

import pytest

from artgraph.errors import IngestError, InputError
from artgraph.vocabulary import PROMPT, Term, prompts_of, read_vocabulary


def test_the_vocabulary_of_artgraph():
    terms = read_vocabulary()
    kinds = Counter(one.kind for one in terms)
    assert set(kinds) == {"technique", "medium", "mood", "movement", "manner"}
    assert min(kinds.values()) >= 50
    assert len(terms) >= 500
    assert len({one.term.casefold() for one in terms}) == len(terms)
    assert all("{}" in one.prompt for one in terms)
    numbers = [one.aat for one in terms if one.aat]
    assert all(number.isdigit() and number.startswith("300") and len(number) == 9 for number in numbers)
    assert len(set(numbers)) == len(numbers) >= 50  # only numbers that were looked up; most terms have none


@pytest.mark.parametrize(
    "text",
    [
        "term,kind\nnight,mood\n thick   impasto ,technique\nNight,again\n,\n",
        "kind;Term\nmood;night\ntechnique;thick impasto\n",
        "\ufeffterm\tkind\tnotes\nnight\tmood\t\nthick impasto\ttechnique\tx\n",
        '"term","kind"\n"night","mood"\n"thick impasto","technique"\n',
    ],
)
def test_a_table_of_terms(tmp_path, text):
    (tmp_path / "terms.csv").write_text(text, "utf-8")
    expected = [Term("night", "mood"), Term("thick impasto", "technique")]
    assert read_vocabulary(tmp_path / "terms.csv") == expected


def test_a_list_of_terms_in_an_old_encoding(tmp_path):
    (tmp_path / "terms.txt").write_bytes("trompe-l'œil\n\nKanō, school of Kyōto\n".encode("utf-16"))
    assert [one.term for one in read_vocabulary(tmp_path / "terms.txt")] == ["trompe-l'œil", "Kanō, school of Kyōto"]


def test_own_prompts(tmp_path):
    (tmp_path / "terms.csv").write_text("term,prompt,aat\nnight,a {} piece|{},300000001\nday,,\n")
    night, day = read_vocabulary(tmp_path / "terms.csv")
    assert prompts_of(night) == ["a night piece", "night"]
    assert night.aat == "300000001"
    assert prompts_of(day) == [PROMPT.replace("{}", "day")]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", InputError, "has no terms"),
        ("term,kind\n,mood\n", InputError, "has no terms"),
        ("term,prompt\nnight,a painting\n", InputError, r"'a painting' of 'night' has no \{\}"),
        ('term,kind\n"night,mood\n', IngestError, "cannot be read as CSV"),
        ("PK\x03\x04 xl/workbook.xml", IngestError, "workbook"),
    ],
)
def test_what_is_no_vocabulary_is_refused(tmp_path, text, error, words):
    (tmp_path / "terms.csv").write_text(text)
    with pytest.raises(error, match=words):
        read_vocabulary(tmp_path / "terms.csv")
    with pytest.raises(IngestError, match="There is no vocabulary"):
        read_vocabulary(tmp_path / "gone.csv")
