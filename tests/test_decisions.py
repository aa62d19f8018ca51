"""The table of decisions, and which of them hold."""

import multiprocessing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artgraph.decisions import COLUMNS, Decision, append, constraints, in_force, kappas, new_key, read, trouble
from artgraph.errors import CorpusError


def said(number, kind, who="ann", **about):
    at = f"2026-11-29T06:{number // 60:02d}:{number % 60:02d}Z"
    return Decision(f"{number:016x}", at, who, kind, **about)


def pair(number, kind, work, other, who="ann"):
    return said(number, kind, who, work=work, other=other)


def of(partition, number, kind, cluster, **about):
    return said(number, kind, partition=partition, cluster=str(cluster), **about)


def ruled(*decisions, ids="abcd", clusters=(0, 1, 2)):
    found = in_force(decisions, ids=set(ids), clusters={"leiden": clusters})
    ready, closed = constraints(found, "leiden", list(ids))
    return found, ready, [*found.problems, *closed]


def test_what_is_appended_is_read_again_once(tmp_path):
    file = tmp_path / "decisions.csv"
    assert read(file) == ([], [])
    one = pair(1, "same", 'a,"1"', "b;2")._replace(why="two\nlines")
    assert append(file, [one, one])[0] == [one.key]
    assert append(file, [one._replace(why="two lines")])[0] == [one.key]
    assert read(file) == ([one._replace(why="two lines")], [])
    _, refused = append(file, [one._replace(other="c"), said(2, "same", work="a")])
    assert [problem.what for problem in refused] == ["unsound", "unsound"]
    assert file.read_bytes().count(b"\n") == 2


def test_a_torn_last_line_is_named_and_spoils_no_other(tmp_path):
    file = tmp_path / "decisions.csv"
    append(file, [pair(1, "same", "a", "b")])
    with open(file, "ab") as out:
        out.write(b'0000000000000002,2026-11-29T06:00:00Z,"an')
    append(file, [pair(3, "same", "a", "c")])
    found, problems = read(file)
    assert [one.key[-1] for one in found] == ["1", "3"]
    assert [one.what for one in problems] == ["torn"]
    assert "Line 3" in problems[0].text


def test_another_table_is_not_appended_to(tmp_path):
    file = tmp_path / "decisions.csv"
    file.write_text("id,label\na,1\n")
    with pytest.raises(CorpusError, match="does not begin"):
        append(file, [pair(1, "same", "a", "b")])
    file.write_bytes(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n")
    append(file, [pair(1, "same", "a", "b")])
    assert len(read(file)[0]) == 1


def _write(file, who):
    for _ in range(40):
        append(file, [Decision(new_key(), "2026-11-29T06:00:00Z", who, "same", "a", "b")])


def test_two_writers_lose_nothing(tmp_path):
    file = tmp_path / "decisions.csv"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(file, who)) for who in ("ann", "bob")]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    found, problems = read(file)
    assert (len(found), problems) == (80, [])


@pytest.mark.parametrize(
    ("decision", "text"),
    [
        (pair(1, "alike", "a", "b"), "no kind"),
        (pair(1, "same", "a", "a"), "with itself"),
        (pair(1, "same", "a", ""), "'other'"),
        (of("leiden", 1, "belongs", "x", work="a"), "number of a cluster"),
        (of("leiden", 1, "merge", 1, to="1"), "with itself"),
        (of("leiden", 1, "split", 1, to="1"), "2 parts"),
        (pair(1, "same", "a", "b")._replace(when="yesterday"), "ISO 8601"),
        (pair(1, "same", "a", "b")._replace(when="2026-11-29T06:00:00"), "no zone"),
        (pair(1, "same", "a", "b")._replace(key="7"), "hexadecimal"),
    ],
)
def test_an_unsound_decision_is_explained(decision, text):
    assert text in trouble(decision)


def test_later_ones_win_for_one_person_and_withdrawals_are_ones_own():
    again = [pair(1, "same", "a", "b"), pair(2, "different", "b", "a")]
    assert [one.kind for one in ruled(*again)[0].held] == ["different"]
    back = said(3, "withdraw", to=again[1].key)
    assert [one.kind for one in ruled(*again, back)[0].held] == ["same"]
    assert [one.kind for one in ruled(*again, back, said(4, "withdraw", to=back.key))[0].held] == ["different"]
    found, _, problems = ruled(*again, said(3, "withdraw", "bob", to=again[1].key))
    assert "only ann" in problems[0].text
    assert [one.kind for one in found.held] == ["different"]
    placed = [of("leiden", 1, "belongs", 0, work="a"), of("leiden", 2, "not-here", 0, work="a")]
    assert [one.kind for one in ruled(*placed)[0].held] == ["not-here"]


def test_where_persons_disagree_most_of_them_or_nobody_holds():
    votes = [pair(1, "same", "a", "b"), pair(2, "different", "a", "b", "bob")]
    found, ready, problems = ruled(*votes)
    assert found.held == []
    assert len(ready.must) == len(ready.cannot) == 0
    assert "open" in problems[0].text
    found, ready, problems = ruled(*votes, pair(3, "same", "b", "a", "eve"), pair(4, "unsure", "a", "b", "dan"))
    assert ready.must.tolist() == [[0, 1]]
    assert "2 of 3" in problems[0].text
    [measured] = kappas(ruled(pair(5, "same", "c", "d"), pair(6, "same", "c", "d", "bob"), *votes)[0].spoken)
    assert measured == {"who": ["ann", "bob"], "n": 2, "agree": 0.5, "kappa": 0.0}


def test_contradictions_hold_in_no_part_and_are_told():
    chain = [pair(1, "same", "a", "b"), pair(2, "same", "b", "c"), pair(3, "different", "a", "c")]
    _, ready, problems = ruled(*chain, pair(4, "same", "c", "d"))
    assert ready.must.tolist() == [[2, 3]]
    assert set(problems[0].keys) == {one.key for one in chain}
    two = [of("leiden", 1, "belongs", 0, work="a"), of("leiden", 2, "belongs", 1, work="b"), pair(3, "same", "a", "b")]
    _, ready, problems = ruled(*two)
    assert problems[0].what == "contradiction"
    assert (ready.fixed == -1).all()
    _, ready, problems = ruled(*two, of("leiden", 4, "merge", 1, to="0"))  # then they go together
    assert problems == []
    assert ready.fixed.tolist() == [0, 0, -1, -1]
    both = [of("leiden", 1, "merge", 1, to="0"), of("leiden", 2, "split", 0)]
    _, ready, problems = ruled(*both)
    assert (ready.merged, ready.split) == ((), {})
    assert problems[0].what == "contradiction"


def test_unknown_works_and_clusters_are_told():
    found, _, problems = ruled(pair(1, "same", "a", "z"), of("leiden", 2, "name", 9, to="x"), of("k", 3, "split", 0))
    assert found.held == []
    assert [one.what for one in problems] == ["unknown"] * 3
    gone = of("leiden", 4, "merge", 7, to="0")  # a cluster that was merged is gone, and the merge holds
    _, ready, problems = ruled(gone, of("leiden", 5, "belongs", 7, work="a"))
    assert problems == []
    assert ready.fixed[0] == 0


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.booleans()), max_size=14))
def test_what_is_left_never_contradicts_itself(pairs):
    decisions = [pair(i, "same" if s else "different", a, b) for i, (a, b, s) in enumerate(pairs) if a != b]
    _, ready, problems = ruled(*decisions, ids="abcdef")
    from artgraph.communities.obey import joined

    node = joined(6, ready.must)
    assert all(node[a] != node[b] for a, b in ready.cannot)
    last = {frozenset((one.work, one.other)): one for one in decisions}
    told = {key for one in problems for key in one.keys}
    assert {one.key for one in last.values()} == told | {one.key for one in ready.used}
