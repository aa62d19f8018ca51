"""The experiment on the tables of museums tells what is known from what is understood."""

from experiments.museum_tables import measure


def test_shares_of_what_is_known(tmp_path):
    (tmp_path / "tate.csv").write_text(
        "id,accession_number,artist,artistId,title,dateText,creditLine,year,thumbnailUrl\n"
        "1,A1,British School 18th century,5,T,c.1785,P,1785,\n2,A2,Blake,6,T,,P,,\n",
        "utf-8",
    )
    (tmp_path / "history.csv").write_text(
        "datatype,objectid,displayorder,forwardtext,invertedtext,effectivedate\n"
        "previous_attribution,1,1,Follower of Giotto,,1937\nprevious_attribution,1,2,Giotto,,\n",
        "utf-8",
    )
    (tmp_path / "objects.sql").write_text(" Column | Type \n displaydate | text \n attribution | text \n", "utf-8")
    figures = measure(tmp_path, repair_text=False)
    tate = figures["tables"]["tate.csv"]
    assert tate["known"] | {"artist": 1.0, "title": 1.0, "date": 0.5} == tate["known"]
    assert tate["understood"] == {"artist": 0.5, "date": 0.5, "qualifier": 0.5}
    assert figures["tables"]["objects.sql"] == {"rows": 0, "recognised as": "nothing"}
    assert figures["historical attributions"]["kinds"] == {"follower → nobody": 1, "a name alone → master": 1}
    assert figures["historical attributions"]["not the master, and linked"] == []
