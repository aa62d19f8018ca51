"""Tables as museums publish them, a few rows of each, written for these tests with the headers of the museums."""

import json
import random
from pathlib import Path

import pytest

from artgraph.catalogue import Catalogue
from artgraph.errors import IngestError
from artgraph.ingest import check_matched, plan
from artgraph.metadata import read_metadata, read_names
from artgraph.sources import SOURCES, is_named_so, source_named, source_of


def read(folder, content, name="table.csv", **options):
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    (folder / name).write_text(text, "utf-8")
    return read_metadata(folder / name, **options)


def column(meta, name):
    return [
        None if value is None else str(value)
        for value in meta.table[name].astype(object).where(meta.table[name].notna(), None)
    ]


def keys(meta):
    """The keys of the artists, as the graph links them."""
    table = meta.table.assign(date=meta.table.get("date"))
    return Catalogue(table).artists


MET = (
    "Object Number,Is Highlight,Is Public Domain,Object ID,Department,Title,Culture,Artist Role,Artist Prefix,"
    "Artist Display Name,Artist Display Bio,Artist Suffix,Artist Alpha Sort,Object Date,Object Begin Date,"
    "Object End Date,Medium,Rights and Reproduction,Link Resource,Object Wikidata URL\n"
    '14.40.624,False,True,436535,EP,A Woman,,Artist,,Rembrandt,"Dutch, 1606-1669",,Rembrandt,ca. 1650,1645,1655,Oil,,'
    "http://museum.example/436535,\n"
    '17.190.20,False,True,436536,EP,Portrait,,Artist,Workshop of,Rembrandt,"Dutch, 1606-1669",,Rembrandt,,1640,1645,Oil'
    ",,,\n"
    "18.1,False,True,436537,EP,Head,,Artist|Publisher,After|,Rembrandt|Clement de Jonghe,,|,,1660s,1660,1669,Oil,,,\n"
    "18.2,False,True,436538,EP,View,,Artist|Artist,|,Jan Both|Nicolaes Berchem,,(?)|,,Ming dynasty,1368,1644,Oil,,,\n"
)


def test_met(tmp_path):
    meta = read(tmp_path, MET)
    assert meta.read_as == (
        "Read as: Met open access; id from 'Object ID', artist from 'Artist Display Name', qualifier from "
        "'Artist Prefix' and 'Artist Suffix', title from 'Title', date from 'Object Date', rights from "
        "'Rights and Reproduction', address from 'Link Resource'"
    )
    assert column(meta, "artist") == [
        "Rembrandt", "Workshop of Rembrandt", "After Rembrandt", "Jan Both (?); Nicolaes Berchem"
    ]  # fmt: skip
    assert column(meta, "qualifier") == [None, "Workshop of", "After", None]
    assert column(meta, "Artist Prefix")[1:3] == ["Workshop of", "After|"]  # as it was
    assert column(meta, "makers")[2] == "Rembrandt|Clement de Jonghe"
    assert column(meta, "date") == ["ca. 1650", "1640 - 1645", "1660s", "Ming dynasty (1368 - 1644)"]
    assert Catalogue(meta.table).years.tolist() == [1650, 1642.5, 1665, 1506]
    assert keys(meta) == ["rembrandt", "rembrandt (workshop)", None, None]
    assert meta.ids == ("id", "Object Number")


def test_a_header_that_is_only_like_it(tmp_path):
    header = "objectID,accession_number,ARTIST  PREFIX,artistDisplayName,artist alpha sort,title,objectDate,my notes\n"
    meta = read(tmp_path, header + "1,a.1,Follower of,Giotto,Giotto,A,1330,x\n")
    assert meta.read_as.startswith("Read as: Met open access; id from 'objectID', artist from 'artistDisplayName'")
    assert column(meta, "artist") == ["Follower of Giotto"]
    assert column(meta, "my notes") == ["x"]


def test_the_user_has_the_last_word(tmp_path):
    meta = read(tmp_path, MET, columns={"artist": "Artist Alpha Sort", "id": "Object Number"})
    assert column(meta, "artist")[:2] == ["Rembrandt", "Workshop of Rembrandt"]
    assert column(meta, "id")[0] == "14.40.624"
    assert meta.ids == ("id",)
    with pytest.raises(IngestError, match=r"There is no source 'tote' \(there are: artic.*Did you mean 'tate'"):
        read(tmp_path, MET, source="tote")
    assert source_named("Met open access") is SOURCES["met"]


def test_moma(tmp_path):
    text = (
        "Title,Artist,ConstituentID,ArtistBio,Date,Medium,CreditLine,AccessionNumber,Department,DateAcquired,Cataloged,"
        "ObjectID,URL,ThumbnailURL\n"
        'Chair,"Charles Eames, Ray Eames","1671, 1672","(American, 1907–1978) (American, 1912–1988)",1946,,G,1.46,A,'
        "1946-01-01,Y,10,http://museum.example/10,http://museum.example/10.jpg\n"
        'Poster,"Sammy Davis, Jr.",99,"(American, 1925–1990)",c. 1960,,G,2.60,A,1960-01-01,Y,11,,\n'
    )
    meta = read(tmp_path, text)
    assert meta.read_as.startswith("Read as: MoMA collection; id from 'ObjectID', artist from 'Artist'")
    assert column(meta, "artist") == ["Charles Eames; Ray Eames", "Sammy Davis, Jr."]
    assert keys(meta) == [None, "sammy davis, jr."]
    assert column(meta, "picture_url")[0] == "http://museum.example/10.jpg"


TATE = (
    "id,accession_number,artist,artistRole,artistId,title,dateText,medium,creditLine,year,acquisitionYear,inscription,"
    "thumbnailCopyright,thumbnailUrl,url\n"
    '1035,A00001,"Blake, Robert",artist,38,A Figure,date not known,W,P,,1922,,,http://m.example/A00001_8.jpg,\n'
    '1036,A00002,"Turner, Joseph",after,558,"The Lake,\nat Dusk",?c.1785,W,P,1785,1922,,,http://m.example/A00002_8.jpg,\n'
    '1037,A00003,"Turner, Joseph",attributed to,558,C,n.d.,W,P,1790,1922,,,http://m.example/A00003_8.jpg,\n'
)


def test_tate(tmp_path):
    meta = read(tmp_path, "\ufeff" + TATE)
    assert column(meta, "artist") == ["Blake, Robert", "after Turner, Joseph", "attributed to Turner, Joseph"]
    assert column(meta, "artistRole") == ["artist", "after", "attributed to"]
    assert column(meta, "title")[1] == "The Lake,\nat Dusk"
    assert column(meta, "date") == ["date not known", "?c.1785", "n.d. (1790)"]
    assert keys(meta) == ["blake, robert", None, None]
    assert meta.lines == [2, 3, 5]


@pytest.mark.parametrize(
    ("pictures", "ids", "said", "note"),
    [
        (["A00001.jpg", "A00002.jpg"], ["A00001", "A00002"], "id from 'accession_number'", None),
        (["1035.jpg", "1036.jpg"], ["1035", "1036"], "id from 'id'", "those in 'id': they find 2 pictures"),
        (["A00001_8.jpg", "A00003_8.jpg"], ["A00001", "A00003"], "id from 'accession_number'", "pictures' addresses"),
    ],
)
def test_the_ids_that_find_the_pictures_are_taken(tmp_path, pictures, ids, said, note):
    meta = read(tmp_path, TATE)
    planned = plan(pictures, meta, root=tmp_path)
    assert planned.paintings["id"].tolist() == ids
    assert planned.paintings["artist"].notna().all()
    assert said in planned.read_as
    assert note is None or note in planned.notes[0]
    counts = planned.counts
    assert counts["rows"] == counts["rows_joined"] + counts["rows_merged"] + counts["rows_refused"] == 3


NGA = {
    "objects.csv": (
        "objectid,uuid,accessioned,accessionnum,locationid,title,displaydate,beginyear,endyear,visualbrowsertimespan,"
        "medium,attributioninverted,attribution,classification,visualbrowserclassification,departmentabbr\n"
        '1,u1,1,1937.1.1,,Madonna,c. 1310/1315,1310,1315,1300 to 1400,tempera,"Giotto, Follower of",Follower of Giotto,'
        "Painting,painting,DIE\n"
        '2,u2,1,1937.1.2,,Portrait,,1484,1486,,oil,"Memling, Hans",Hans Memling,Painting,painting,DNE\n'
        '3,u3,1,1937.1.3,,Print,1640,1640,1640,,etching,"Visscher, Cornelis",Cornelis Visscher after Rubens,Print,'
        "print,CG\n"
    ),
    "constituents.csv": (
        "constituentid,ulanid,preferreddisplayname,forwarddisplayname,lastname,displaydate\n"
        '10,,Giotto,Giotto,Giotto,1266 - 1337\n20,,"Memling, Hans",Hans Memling,Memling,1430 - 1494\n'
        '30,,"Visscher, Cornelis",Cornelis Visscher,Visscher,\n31,,"Rubens, Peter",Peter Rubens,Rubens,\n'
    ),
    "objects_constituents.csv": (
        "objectid,constituentid,displayorder,roletype,role,prefix,suffix,displaydate,beginyear,endyear,country,zipcode\n"
        "1,10,1,artist,painter,Follower of,,,,,,\n1,99,2,owner,previous owner,,,,,,,\n2,20,1,artist,painter,,,,,,,\n"
        "3,30,1,artist,artist,,,,,,,\n3,31,2,artist,artist after,,,,,,,\n"
    ),
    "published_images.csv": (
        "uuid,iiifurl,iiifthumburl,viewtype,sequence,width,height,depictstmsobjectid,assistivetext\n"
        "p0,http://i.example/p0,http://i.example/p0/t.jpg,alternate,1,10,10,1,\n"
        "p1,http://i.example/p1,http://i.example/p1/t.jpg,primary,0,10,10,1,\n"
    ),
    "objects_historical_data.csv": (
        "datatype,objectid,displayorder,forwardtext,invertedtext,remarks,effectivedate\n"
        'previous_attribution,1,2,Circle of Giotto,"Giotto, Circle of","Bd. Tr. approval\n",1941-02-01\n'
        "previous_attribution,1,1,School of Giotto,School of Giotto,Attribution at time of acquisition,1937\n"
        'previous_attribution,2,1,Jan van Eyck,"Eyck, Jan van",Attribution at time of gift,\n'
        "previous_title,2,1,Old title,,,\n"
    ),
}


@pytest.mark.parametrize("before", ["", "nga_"])
def test_nga_with_the_tables_beside_it(tmp_path, before):
    for name, text in NGA.items():
        (tmp_path / f"{before}{name}").write_text(text, "utf-8")
    meta = read_metadata(tmp_path / f"{before}objects.csv")
    assert meta.read_as.startswith("Read as: National Gallery of Art open data; id from 'objectid', artist from")
    assert column(meta, "artist") == [
        "Follower of Giotto",
        "Hans Memling",
        "Cornelis Visscher; artist after Peter Rubens",
    ]
    assert column(meta, "previous_attribution") == [
        "School of Giotto (1937); Circle of Giotto (1941-02-01)",
        "Jan van Eyck (Attribution at time of gift)",
        None,
    ]
    assert column(meta, "iiif_url") == ["http://i.example/p1", None, None]
    assert column(meta, "date") == ["c. 1310/1315", "1484 - 1486", "1640"]
    assert keys(meta) == [None, "hans memling", None]
    assert len(meta.files) == 5
    catalogue = Catalogue(meta.table)
    assert catalogue.previous[1].startswith("Jan van Eyck")
    assert catalogue.kinds[0] == "follower"
    found = plan(["p1.jpg"], meta, root=tmp_path)
    assert found.paintings["title"].tolist() == ["Madonna"]


def test_nga_alone_and_its_historical_attributions_alone(tmp_path):
    meta = read(tmp_path, NGA["objects.csv"], "objects.csv")
    assert column(meta, "artist")[:2] == ["Follower of Giotto", "Hans Memling"]
    meta = read(tmp_path, NGA["objects_historical_data.csv"], "history.csv")
    assert "historical attributions; id from 'objectid', previous attributions from 'forwardtext'" in meta.read_as
    assert column(meta, "previous_attribution")[0].startswith("School of Giotto (1937); Circle")
    assert (len(meta.table), meta.merged) == (2, 2)


def test_rijksmuseum(tmp_path):
    text = (
        "objectInventoryNumber;objectPersistentIdentifier;objectTitle[1];objectType[1];objectCreator[1];objectCreator[2];"
        "objectCreationDate[1];objectImage\n"
        "SK-A-4;http://hdl.example/1;Het vrolijke huisgezin;schilderij;schilder: Jan Steen;;1668;http://i.example/a\n"
        "SK-A-5;;Portret;schilderij;navolger van: Rembrandt van Rijn;;ca. 1640;\n"
        "RP-1;;Prent;prent;prentmaker: Jan Luyken;uitgever: Pieter Arentsz.;1698;\n"
        "RP-2;;Prent;prent;naar tekening van: Hendrick Goltzius;;17de eeuw;\n"
    )
    meta = read(tmp_path, text)
    assert meta.read_as.startswith("Read as: Rijksmuseum collection; id from 'objectInventoryNumber'")
    assert column(meta, "artist") == [
        "Jan Steen", "navolger van Rembrandt van Rijn", "Jan Luyken", "naar tekening van Hendrick Goltzius"
    ]  # fmt: skip
    assert column(meta, "title")[0] == "Het vrolijke huisgezin"
    assert keys(meta) == ["jan steen", None, "jan luyken", None]
    assert column(meta, "makers")[2] == "prentmaker: Jan Luyken"


def test_rijksmuseum_json(tmp_path):
    one = {"id": "nl-SK-A-4", "objectNumber": "SK-A-4", "title": "Huisgezin", "principalOrFirstMaker": "Jan Steen"}
    one |= {
        "longTitle": "Huisgezin, Jan Steen, 1668",
        "webImage": {"url": "http://i.example/a"},
        "productionPlaces": ["L"],
    }
    meta = read(tmp_path, {"count": 1, "artObjects": [one]}, "answer.json")
    assert (column(meta, "id"), column(meta, "artist")) == (["SK-A-4"], ["Jan Steen"])
    flat = read(
        tmp_path, "objectNumber,principalOrFirstMaker,title,longTitle,dating,webImage.url\nA,B,C,D,ca. 1665,x\n"
    )
    assert column(flat, "date") == ["ca. 1665"]
    assert column(meta, "picture_url") == ["http://i.example/a"]


def test_cleveland(tmp_path):
    text = (
        "id,accession_number,share_license_status,tombstone,current_location,title,creation_date,creation_date_earliest,"
        "creation_date_latest,artists_tags,culture,department,creators,url,image_web\n"
        '1,1915.1,CC0,"Twilight, 1860",,Twilight,1860,1860,1860,male,America,A,"Frederic Church (American, 1826–1900), '
        'artist; Goupil & Co., publisher",http://m.example/1,http://i.example/1.jpg\n'
        '2,1916.2,CC0,"Saint",,Saint,,1480,1490,,Italy,B,"workshop of Sandro Botticelli (Italian, 1445–1510)",,\n'
    )
    meta = read(tmp_path, text)
    assert meta.read_as.startswith("Read as: Cleveland Museum of Art open access; id from 'accession_number'")
    assert column(meta, "artist")[0] == "Frederic Church (American, 1826–1900)"
    assert keys(meta) == ["frederic church", "sandro botticelli (workshop)"]
    assert column(meta, "date") == ["1860", "1480 - 1490"]
    assert column(meta, "rights") == ["CC0", "CC0"]
    maker = {"description": "Sandro Botticelli (Italian, 1445–1510)", "role": "artist", "qualifier": "follower of"}
    one = {"id": 3, "accession_number": "1917.3", "tombstone": "x", "title": "Angel", "creation_date": "c. 1490"}
    one |= {"creators": [maker], "images": {"web": {"url": "http://i.example/3.jpg"}}, "share_license_status": "CC0"}
    meta = read(tmp_path, {"data": [one]}, "data.json")
    assert keys(meta) == [None]
    assert column(meta, "artist") == ["follower of Sandro Botticelli (Italian, 1445–1510)"]
    assert column(meta, "picture_url") == ["http://i.example/3.jpg"]


def carnegie(key, makers, date="1951"):
    return {
        "title": "Woman", "creation_date": date, "creation_date_earliest": "1951-01-01",
        "creation_date_latest": "1952-01-01", "medium": "oil", "accession_number": f"60.{key}",
        "id": f"cmoa:things/uuid-{key}", "date_acquired": "1960-02-08", "physical_location": "Not on View",
        "item_width": 26.625, "item_height": 35.0, "web_url": "http://m.example/1", "provenance_text": "…",
        "images": [{"image_url": "http://i.example/1"}, {"image_url": "http://i.example/2"}],
        "creator": [{"full_name": name, "cited_name": name, "role": role} for name, role in makers],
    }  # fmt: skip


def test_carnegie(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(carnegie(1, [("Fausto Pirandello", None)])), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(carnegie(2, [("A", "artist"), ("B", "publisher")], date="")), "utf-8")
    meta = read_metadata(tmp_path)
    assert meta.read_as.startswith("Read as: Carnegie Museum of Art collection; id from 'id', artist from 'full_name'")
    assert column(meta, "artist") == ["Fausto Pirandello", "A"]
    assert column(meta, "date") == ["1951", "1951 - 1952"]
    assert column(meta, "picture_url") == ["http://i.example/1"] * 2
    assert [file.name for file in meta.files] == ["a.json", "b.json"]
    assert plan(["60.1.jpg", "60.2.jpg"], meta).paintings["id"].tolist() == ["60.1", "60.2"]
    assert plan(["uuid-1.jpg", "x.jpg"], meta).counts["rows_joined"] == 1
    whole = read(tmp_path, {"things": [carnegie(1, [("Fausto Pirandello", None)])]}, "all.json")
    assert column(whole, "artist") == ["Fausto Pirandello"]


WIKIDATA = (
    "painting,paintingLabel,artistLabel,locationLabel,inception,image\n"
    "http://www.wikidata.org/entity/Q1,Q1,Pere Robredo,Girona,1600-01-01T00:00:00Z,"
    "http://commons.example/wiki/Special:FilePath/Sant%20Feliu.jpg\n"
    "http://www.wikidata.org/entity/Q1,Q1,Joan Dartrica,Girona,1600-01-01T00:00:00Z,"
    "http://commons.example/wiki/Special:FilePath/Sant%20Feliu.jpg\n"
    "http://www.wikidata.org/entity/Q2,Gloria,http://www.wikidata.org/.well-known/genid/ebd31e43,Bergamo,"
    "+1520-05-00T00:00:00Z,http://commons.example/wiki/Special:FilePath/b.jpg\n"
)


def test_wikidata(tmp_path):
    meta = read(tmp_path, WIKIDATA)
    assert meta.read_as == (
        "Read as: Wikidata query results; id from 'painting', picture from 'image', artist from 'artistLabel', title "
        "from 'paintingLabel', date from 'inception'"
    )
    assert column(meta, "id") == ["Q1", "Q2"]
    assert column(meta, "artist") == ["Pere Robredo; Joan Dartrica", None]
    assert column(meta, "title") == [None, "Gloria"]
    assert Catalogue(meta.table).years.tolist() == [1600, 1520]
    assert (meta.merged, meta.lines) == (1, [2, 4])
    for pictures in (["Sant Feliu.jpg", "b.jpg"], ["Q1.jpg", "Q2.jpg"]):
        planned = plan(pictures, meta, root=tmp_path)
        check_matched(planned, meta, tmp_path)
        assert planned.paintings["id"].tolist() == ["Q1", "Q2"]
        assert planned.counts["rows"] == 3
        assert (planned.counts["rows_joined"], planned.counts["rows_merged"]) == (2, 1)


def test_wikidata_json_and_other_names_of_columns(tmp_path):
    cell = {"type": "uri", "value": "http://www.wikidata.org/entity/Q7"}
    binding = {"werk": cell, "werkLabel": {"value": "Die Toteninsel"}, "creatorLabel": {"value": "Arnold Böcklin"}}
    data = {"head": {"vars": ["werk", "werkLabel", "creatorLabel", "when"]}, "results": {"bindings": [binding]}}
    for content in (data, [{"werk": cell["value"], "werkLabel": "Die Toteninsel", "creatorLabel": "Arnold Böcklin"}]):
        meta = read(tmp_path, content, "query.json")
        assert meta.read_as.startswith("Read as: Wikidata query results; id from 'werk', artist from 'creatorLabel'")
        assert (column(meta, "id"), column(meta, "title")) == (["Q7"], ["Die Toteninsel"])


def test_europeana(tmp_path):
    one = {
        "id": "/123/abc", "title": ["Portrait", "Porträt"], "dcCreator": ["http://data.europeana.eu/agent/1", "Dürer"],
        "dcTitleLangAware": {"en": ["Portrait"]}, "edmIsShownBy": ["http://i.example/1.jpg"], "year": ["1500"],
        "rights": ["http://rights.example/NoC"], "dataProvider": ["Museum"], "guid": "http://e.example/1",
    }  # fmt: skip
    other = {"id": "/123/abd", "dcTitleLangAware": {"de": ["Kopf"]}, "dcCreatorLangAware": {"def": ["Werkstatt Dürer"]}}
    meta = read(tmp_path, {"success": True, "items": [one, other | {"edmPreview": ["http://i.example/2"]}]}, "e.json")
    assert meta.read_as.startswith("Read as: Europeana; id from 'id', artist from 'dcCreator'")
    assert column(meta, "artist") == ["Dürer", "Werkstatt Dürer"]
    assert column(meta, "title") == ["Portrait", "Kopf"]
    assert column(meta, "date") == ["1500", None]
    assert column(meta, "rights")[0] == "http://rights.example/NoC"
    assert keys(meta) == ["dürer", "dürer (workshop)"]
    text = "europeana_id,dcCreator,dcTitle,edmIsShownBy,dataProvider\n/1/a,http://x.example/7; Goya,A,,M\n"
    assert column(read(tmp_path, text), "artist") == ["Goya"]


def test_vikus(tmp_path):
    text = 'id,keywords,year,_title,_creation,_artist,_movement\nQ1,"artist:A,x",1440,Jean,1447,Rogier,Early\n'
    meta = read(tmp_path, text)
    assert (
        "VIKUS Viewer; id from 'id', artist from '_artist', title from '_title', date from '_creation'" in meta.read_as
    )
    assert column(meta, "style") == ["Early"]


def test_what_artgraph_exports_for_vikus_is_read_again(tmp_path):
    from artgraph import pipeline
    from artgraph.testing import toy_corpus

    corpus = toy_corpus(tmp_path / "toy")
    pipeline.describe(corpus, descriptors=("color",))
    pipeline.build_graph(corpus, on=("color",), n_neighbors=3)
    pipeline.communities(corpus)
    folder = pipeline.export(corpus, to="vikus").key
    meta = read_metadata(next(Path(folder).rglob("data.csv")))
    for name in ("id", "artist", "title", "date", "style"):
        assert column(meta, name) == corpus.paintings[name].tolist()


NAMES = [f"Art_Nouveau/alphonse-mucha_gismonda-at-night-{1890 + k}.jpg" for k in range(12)]


def test_names_of_files_as_on_wikiart():
    assert is_named_so(NAMES)
    assert not is_named_so([f"IMG_{k:04}.jpg" for k in range(30)])
    assert not is_named_so([f"scans/monet-{k}_recto-side.jpg" for k in range(30)] + ["x.jpg"] * 9)
    meta = read_names([*NAMES, "x.jpg", "vincent-van-gogh_the-starry-night.jpg"])
    last = {name: column(meta, name)[-1] for name in ("artist", "title", "date", "style")}
    assert last == {"artist": "Vincent van Gogh", "title": "The Starry Night", "date": None, "style": None}
    first = [column(meta, name)[0] for name in ("artist", "title", "date", "style")]
    assert first == ["Alphonse Mucha", "Gismonda at Night", "1890", "Art Nouveau"]
    assert column(meta, "artist")[-2] is None
    assert plan([*NAMES], read_names(NAMES)).paintings["artist"].tolist() == ["Alphonse Mucha"] * 12


def artic(n, shown, title, **more):
    return {"id": n, "title": f"Work {n}", "artist_display": shown, "artist_title": title, "image_id": f"i-{n}"} | {
        "date_display": "n.d.", "date_start": 1645, "date_end": 1655, "style_title": "Baroque", "is_public_domain": True
    } | more  # fmt: skip


def test_artic(tmp_path):
    works = [
        artic(1, "Follower of Rembrandt van Rijn\nDutch, 17th century", "Rembrandt van Rijn"),
        artic(2, "Georges Seurat (French, 1859–1891)", "Georges Seurat", date_display="1884–86"),
        artic(3, "Artist unknown", None, image_id=None),
    ]
    meta = read(tmp_path, {"data": works, "config": {"iiif_url": "https://museum.example/iiif/2"}}, "works.json")
    assert meta.read_as.startswith("Read as: Art Institute of Chicago collection; id from 'id', artist from")
    assert column(meta, "artist") == ["Follower of Rembrandt van Rijn", "Georges Seurat", "Artist unknown"]
    assert keys(meta) == [None, "georges seurat", None]
    assert column(meta, "date") == ["n.d. (1645 - 1655)", "1884–86", "n.d. (1645 - 1655)"]
    assert column(meta, "style") == ["Baroque"] * 3
    assert column(meta, "iiif_url") == [*(f"https://museum.example/iiif/2/i-{n}" for n in (1, 2)), None]
    assert plan(["i-1.jpg", "i-2.jpg"], meta).counts["rows_joined"] == 2
    for work in works:  # the museum's dumps: a file for each object
        (tmp_path / "dump").mkdir(exist_ok=True)
        (tmp_path / "dump" / f"{work['id']}.json").write_text(json.dumps(work), "utf-8")
    assert keys(read_metadata(tmp_path / "dump")) == keys(meta)


def test_harvard(tmp_path):
    people = [
        [{"role": "Artist", "name": "Rembrandt", "prefix": "Follower of"}, {"role": "Publisher", "name": "X"}],
        [{"role": "Artist", "name": "Vincent van Gogh", "prefix": None}],
        None,
    ]
    works = [
        {"objectid": n, "objectnumber": f"1951.{n}", "title": "T", "dated": dated, "datebegin": 1600, "dateend": 1610}
        | {"people": who, "primaryimageurl": f"http://i.example/{n}", "url": f"http://o.example/{n}"}
        for n, (who, dated) in enumerate(zip(people, ["17th century", "1888", ""], strict=True))
    ]
    meta = read(tmp_path, {"info": {"totalrecords": 3}, "records": works}, "works.json")
    assert meta.read_as.startswith("Read as: Harvard Art Museums collection; id from 'objectnumber'")
    assert column(meta, "artist") == ["Follower of Rembrandt", "Vincent van Gogh", None]
    assert keys(meta) == [None, "vincent van gogh", None]
    assert column(meta, "date") == ["17th century", "1888", "1600 - 1610"]
    assert column(meta, "picture_url") == [f"http://i.example/{n}" for n in range(3)]


def test_smk(tmp_path):
    works = [
        {
            "object_number": f"KMS{n}",
            "titles": [{"title": f"Udsigt {n}", "language": "dansk"}, {"title": f"View {n}", "language": "engelsk"}],
            "production": makers,
            "production_date": [{"start": "1820-01-01", "end": "1821-12-31", "period": period}],
            "image_native": f"https://i.example/{n}.jpg",
            "public_domain": True,
        }
        for n, (makers, period) in enumerate(
            [([{"creator": "Eckersberg, C.W."}], "1820-21"), ([{"creator": "Dou", "creator_role": "after"}], None)]
        )
    ]
    meta = read(tmp_path, {"offset": 0, "items": works}, "works.json")
    assert meta.read_as.startswith("Read as: Statens Museum for Kunst collection; id from 'object_number'")
    assert column(meta, "artist") == ["Eckersberg, C.W.", "after Dou"]
    assert keys(meta) == ["eckersberg, c.w.", None]
    assert column(meta, "title") == ["Udsigt 0", "Udsigt 1"]
    assert column(meta, "date") == ["1820-21", "1820 - 1821"]


@pytest.mark.parametrize(
    "header",
    [
        "Reference;Auteur;Titre;Millesime_de_creation;Periode_de_creation;Ancienne_attribution",
        "REF;AUTR;TITR;MILL;PERI;ATTR",
    ],
)
def test_joconde(tmp_path, header):
    rows = (
        "1;DELACROIX Eugène (peintre);Liberté;1830;2e quart 19e siècle;\n"
        "2;POUSSIN Nicolas (d'après);La Manne;;17e siècle;LE BRUN Charles\n"
        "3;Cassatt Mary (1844-1926);Maternité;1897;;\n"
        "4;BOUCHER François (inspiré par);Idylle;;18e siècle;\n"
    )
    meta = read(tmp_path, f"{header}\n{rows}")
    assert meta.read_as.startswith(
        f"Read as: Joconde, museums of France; id from '{header.split(';')[0]}', artist from"
    )
    assert column(meta, "artist") == [
        "DELACROIX Eugène", "POUSSIN Nicolas (d'après)", "Cassatt Mary", "BOUCHER François (inspiré par)"
    ]  # fmt: skip
    assert keys(meta) == ["delacroix eugène", None, "cassatt mary", None]
    assert column(meta, "date") == ["1830", "17e siècle", "1897", "18e siècle"]
    assert column(meta, "previous_attribution") == [None, "LE BRUN Charles", None, None]


# What is no source, and what every table may have.


def test_an_ordinary_table_is_none_of_them(tmp_path):
    meta = read(tmp_path, "path,artist,title,date\na.jpg,Workshop of A,T,1600\n")
    assert meta.read_as == "Read: picture from 'path'"
    assert read(tmp_path, "id,artist,title,date\na,A,T,1600\n").read_as == ""


def test_headers_in_two_languages(tmp_path):
    meta = read(
        tmp_path, "Inventarnummer / Accession number;Künstler (Artist);Titel | Title;Datierung\n1;Dürer;Hase;1502\n"
    )
    assert [column(meta, name) for name in ("id", "artist", "title", "date")] == [["1"], ["Dürer"], ["Hase"], ["1502"]]
    meta = read(tmp_path, "編號,作者,題名,年代\n1,沈周,廬山高,1467\n")
    assert [column(meta, name) for name in ("id", "artist", "title", "date")] == [["1"], ["沈周"], ["廬山高"], ["1467"]]


def test_words_of_a_header_run_together(tmp_path):
    meta = read(tmp_path, "ObjectID,ObjectTitle,CreatorName,DateText\n1,View of Rome,Giovanni Panini,ca. 1750\n")
    assert meta.table.iloc[0].to_dict() == {
        "id": "1", "title": "View of Rome", "artist": "Giovanni Panini", "date": "ca. 1750"
    }  # fmt: skip


def test_a_qualifier_in_a_column_of_its_own_stands_with_the_name(tmp_path):
    meta = read(tmp_path, "id,artist,Qualifier\n1,Giotto,Follower of\n2,Giotto,\n3,Giotto,Italian\n4,,after\n")
    assert column(meta, "artist") == ["Follower of Giotto", "Giotto", "Giotto", None]
    assert column(meta, "qualifier") == ["Follower of", None, "Italian", "after"]
    assert keys(meta) == [None, "giotto", "giotto", None]


def test_json_that_is_a_plain_list(tmp_path):
    meta = read(tmp_path, [{"id": 1, "artist": "A", "size": {"cm": 3.0}}, {"id": 2, "artist": None}], "works.json")
    assert column(meta, "id") == ["1", "2"]
    assert column(meta, "size.cm") == ["3", None]
    with pytest.raises(IngestError, match="JSON"):
        read(tmp_path, "{broken", "works.json")
    with pytest.raises(IngestError, match="is a IIIF manifest or collection, not a table"):
        read(tmp_path, {"@context": "http://iiif.io/api/presentation/3/context.json", "items": []}, "manifest.json")


@pytest.mark.parametrize("key", SOURCES)
def test_every_source_is_named_and_told_by_its_columns(key):
    source = SOURCES[key]
    assert source.key == key
    assert source.signature or source.like or key == "wikiart"
    assert not source.signature or len(source.signature) >= source.least >= 3


@pytest.mark.parametrize("key", [key for key, source in SOURCES.items() if source.signature])
def test_a_part_of_a_header_in_another_order_and_case_is_recognised(key):
    source, draw = SOURCES[key], random.Random(0)
    for _ in range(50):
        count = max(source.least, len(source.signature) * 6 // 10)
        header = [*draw.sample(source.signature, count), *draw.sample(("Notes", "Shelf", "Insurance value"), 2)]
        change = draw.choice([str.upper, str.lower, str.title, lambda name: name.replace("_", "  ")])
        header = [change(name) for name in header]
        draw.shuffle(header)
        assert source_of(header, [["x"] * len(header)]) is source
    assert source_of(["id", "artist", "title", "date", "medium", "url"], [["x"] * 6]) is None
