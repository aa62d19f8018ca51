"""The bytes of a spreadsheet become text: what is no table is named for what it is, and the encoding is found out."""

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from artgraph.errors import IngestError

__all__ = ["CONTROL", "Decoded", "decode", "refuse_other_files", "repaired", "shown_names"]

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_CSV = "Save it as CSV (in Excel: 'CSV UTF-8') and give that file."
_UNPACK = "Unpack it and give the table that is in it."
_ENDINGS = {
    **dict.fromkeys([".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"], "a workbook"),
    **dict.fromkeys([".json", ".jsonl", ".ndjson", ".xml", ".html", ".htm"], "not a table"),
}
_MAGIC = (  # how the file begins, what it is, what to do
    (b"\x1f\x8b", "compressed with gzip", _UNPACK),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\0", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of old Excel, whatever its name says", _CSV),
    (b"SQLite format 3\0", "an SQLite database", "Export its table of works as CSV and give that file."),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", _CSV),
    (b"ARROW1", "an Arrow (Feather) file", "Save it as parquet or CSV and give that file."),
    (b"%PDF", "a PDF document", _CSV),
    (b"{\\rtf", "a text document (RTF)", _CSV),
    (b"\xff\xd8\xff", "a JPEG picture", "Give the spreadsheet, not a picture."),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "Give the spreadsheet, not a picture."),
    (
        b"version https://git-lfs.github.com/spec",
        "a Git LFS pointer: the table itself was not downloaded",
        "Fetch it with: git lfs pull",
    ),
    (b"/annex/objects/", "a git-annex pointer: the table itself was not downloaded", "Fetch it with: git annex get"),
    (b"<!doctype html", "an HTML page", "Expected a CSV, TSV or parquet file."),
    (b"<html", "an HTML page", "Expected a CSV, TSV or parquet file."),
    (b"<?xml", "an XML file", _CSV),
)

# Encodings that tables come in; the name that people give them, then Python's.
_WESTERN = {"windows-1252": "cp1252", "windows-1254": "cp1254", "windows-1250": "cp1250"}
_OLDER = {"macintosh": "mac_roman", "ibm850": "cp850"}
_OTHER = {
    "windows-1251": "cp1251", "windows-1253": "cp1253", "windows-1255": "cp1255", "windows-1256": "cp1256",
    "koi8-r": "koi8_r", "ibm866": "cp866",
}  # fmt: skip
_ASIAN = {"shift_jis": "cp932", "gb18030": "gb18030", "big5": "big5", "euc-jp": "euc_jp", "euc-kr": "cp949"}
_KNOWN = {codec: name for group in (_WESTERN, _OLDER, _OTHER, _ASIAN) for name, codec in group.items()}
_INSIDE = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f‘’“”„«»–—…·́](?=[^\W\d_])")
_HANGUL, _HAN = re.compile("[\uac00-\ud7a3]"), re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
# What bytes of UTF-8 look like where they were read as Windows-1252 or Latin-1.
_UPPER = "".join(map(chr, range(0x80, 0xC0))) + "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_TWICE = re.compile(f"[Â-ß][{_UPPER}]|[à-ï][{_UPPER}]{{2}}|[ð-ô][{_UPPER}]{{3}}")
_SAMPLE = 1 << 16  # bytes; more would not change the guess


class Decoded(NamedTuple):
    """A spreadsheet as text.

    Attributes
    ----------
    text, encoding : without a byte order mark and without control characters.
    notes : what was changed or decided, in sentences.
    guessed : whether the encoding is a guess that a person should check.
    """

    text: str
    encoding: str
    notes: list[str]
    guessed: bool


def refuse_other_files(name: str, data: bytes) -> None:
    """Raise IngestError, naming what it is, for a file (``name``, bytes ``data``) that is neither CSV nor parquet."""
    start = data.lstrip()[:512]
    for magic, kind, advice in _MAGIC:
        if data.startswith(magic) or start.lower().startswith(magic):
            raise IngestError(f"{name} is {kind}. {advice}")
    if data.startswith(b"PK\x03\x04"):
        if re.search(rb"\.(?:csv|tsv|txt|parquet)", data[:512], re.IGNORECASE):
            raise IngestError(f"{name} is a ZIP archive. {_UNPACK}")
        raise IngestError(f"{name} is a workbook, whatever its name says. {_CSV}")
    if kind := _ENDINGS.get("." + name.lower().rpartition(".")[2]):
        raise IngestError(f"{name} is {kind}. {_CSV}")


def decode(name: str, data: bytes, *, encoding: str | None = None, repair: bool = False) -> Decoded:
    """Turn the bytes of a spreadsheet into text.

    In this order: ``encoding`` where it is given; a byte order mark (UTF-8, UTF-16, UTF-32); UTF-16 without a mark, by
    its zeros; UTF-8, also where fewer bytes are wrong than characters are right (the wrong ones become U+FFFD); else
    one of the encodings that tables come in, for the file as a whole: the one in which the fewest words are written as
    no language writes them (signs within words, capitals after small letters), and of these the one that
    charset-normalizer finds most likely, or for Latin script Windows-1252.

    Parameters
    ----------
    name : Of the file, for notes.
    data
    encoding : A name that Python knows, such as "windows-1251" or "shift_jis".
    repair : Mend text that had been saved in a wrong encoding before, see ``repaired``; else such text is noted.

    Raises
    ------
    IngestError
        Where there is no such encoding.
    """
    notes: list[str] = []
    guessed = False
    if encoding is not None:
        try:
            text = data.decode(encoding, "replace")
        except (LookupError, UnicodeError, ValueError) as error:
            raise IngestError(
                f"There is no encoding '{encoding}'. Common ones: utf-8, utf-16, {', '.join(sorted(_KNOWN.values()))}."
            ) from error
    else:
        encoding, codec = _marked(data)
        if encoding is None:
            encoding, codec = _wide(data)
        if encoding is None and _is_utf8(data):
            encoding, codec = "utf-8", "utf-8"
        if encoding is None:
            encoding, codec = _detected(data)
            guessed = True
        text = data.decode(codec, "replace")
    text = text.lstrip("\ufeff")
    if wrong := text.count("\ufffd"):
        line = text[: text.index("\ufffd")].count("\n") + 1
        notes.append(
            f"{wrong} bytes of {name}, the first on line {line}, are no {encoding}; they were replaced by \ufffd. "
            "Correct these fields in the spreadsheet."
        )
    before = text
    mended, count = repaired(text)
    if count and repair:
        text = mended
    if removed := len(CONTROL.findall(text)):
        notes.append(f"{removed} control characters (NUL and the like) were removed from {name}.")
    text = CONTROL.sub("", text)
    if count:
        examples = _mended_words(before, mended)
        shown = ", ".join(f"'{one}' for '{other}'" for one, other in examples) or "none within a word"
        notes.append(
            f"{count} places of {name} had been saved in a wrong encoding before and were mended: {shown}."
            if repair
            else f"{count} places of {name} look as if they had been saved in a wrong encoding before; mended, they "
            f"would read {shown}. They are kept as they are; --repair-text mends them."
        )
    return Decoded(text, encoding, notes, guessed)


def repaired(text: str) -> tuple[str, int]:
    """Return a ``text`` in which UTF-8 that was read as Windows-1252 or Latin-1 is what it was, and in how many places.

    Only what is valid UTF-8 of a letter, or of a sign that writing uses, is changed.

    Examples
    --------
    >>> repaired("Jean HÃ©lion, Ángel")
    ('Jean Hélion, Ángel', 1)
    """
    count = 0

    def mend(found: re.Match[str]) -> str:
        nonlocal count
        try:
            raw = b"".join(one.encode("latin-1" if one < "\u0100" else "cp1252") for one in found[0])
            mended = raw.decode("utf-8")
        except UnicodeError:
            return found[0]
        if not (mended.isalpha() or mended in "’‘“”„–—…•´°·¿¡«»©®½¼¾×ºª\u00a0"):
            return found[0]
        count += 1
        return mended

    return _TWICE.sub(mend, text), count


def _mended_words(before: str, after: str) -> list[tuple[str, str]]:
    """Return the first three words that were mended, as they are now and as they were."""
    now, then = (re.split('[\\s,;|"()]+', text.replace("\u00a0", "_")) for text in (after, before))
    count = min(len(now), len(then))
    pairs = zip(now[:count], then[:count], strict=True)
    return list(dict.fromkeys((one, other) for one, other in pairs if one != other and len(one) < 40))[:3]


def _marked(data: bytes) -> tuple[str | None, str]:
    for mark, encoding, codec in (
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
    ):
        if data.startswith(mark):
            return encoding, codec
    return None, ""


def _wide(data: bytes) -> tuple[str | None, str]:
    """Tell UTF-16 without a mark: half of its bytes are zero in one half of the places, or its text makes lines."""
    start = data[: len(data) // 2 * 2][:_SAMPLE]
    zeros = {"utf-16-be": start[0::2].count(0), "utf-16-le": start[1::2].count(0)}
    codec = max(zeros, key=zeros.__getitem__)
    if zeros[codec] * 20 < len(start) / 2 or min(zeros.values()) * 20 > zeros[codec]:
        return None, ""
    text = start.decode(codec, "replace")
    if "\0" in text or text.count("\ufffd") > 1 or not re.search("[\r\n]", text):
        return None, ""
    return "utf-16", codec


def _is_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong == 0 or wrong <= sum(character > "\x7f" for character in text) - wrong


def _detected(data: bytes) -> tuple[str, str]:
    """Return the most likely encoding, by the lines that are not ASCII."""
    from charset_normalizer import from_bytes

    lines, size = [], 0
    for line in re.split(b"[\r\n]+", data):
        if size < _SAMPLE and not line.isascii():
            lines.append(line)
            size += len(line)
    sample = b"\n".join(lines)
    # In Latin script most letters are ASCII, so the others stand alone.
    alone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", sample))
    latin = alone * 2 > len(re.findall(rb"[\x80-\xff]", sample))
    among = [*_WESTERN.values(), *_OLDER.values()] if latin else [*_OTHER.values(), *_ASIAN.values()]
    likely = [] if latin else [match.encoding for match in from_bytes(sample, cp_isolation=among, threshold=0.5)]
    order = dict.fromkeys([*likely, *among])
    codec = min(order, key=lambda one: _oddities(sample.decode(one, "replace"), one))  # of equals the first
    return _KNOWN[codec], codec


def _oddities(text: str, codec: str) -> int:
    """Count what no language writes: signs within words, capitals after small letters, scripts mixed in one word."""
    odd = 2 * text.count("\ufffd") + len(CONTROL.findall(text))
    odd += 2 * sum(not (character.isalpha() or character.isspace()) for character in _INSIDE.findall(text))
    odd += len(re.findall("[\uff61-\uff9f\ue000-\uf8ff\u2500-\u259f\u3130-\u318f]", text))
    beyond = [word for word in re.findall(r"[^\W\d_]{2,}", text) if not word.isascii()]
    # Names begin with capitals, in scripts that have them; of Korean syllables, few are not in the older standard.
    odd += bool(beyond) and not any(letter.isupper() or letter.upper() == letter for word in beyond for letter in word)
    if codec == "cp949":
        odd += sum(len(syllable.encode("euc_kr", "ignore")) != 2 for syllable in _HANGUL.findall(text))
    inner = (letter for word in beyond if not word.isupper() for letter in word[1:])
    odd += sum(letter > "\x7f" and letter.isupper() for letter in inner)
    odd += sum(bool(_HANGUL.search(word) and _HAN.search(word)) for word in beyond)
    if codec in ("gb18030", "big5"):
        odd += len(re.findall("[\u3041-\u30ff]", text))
    if codec == "cp1252" and re.search("[ðþýÐÞÝ]", text) and not re.search("[áíóúéæ]", text):
        odd += 1  # Turkish
    if codec in ("cp1252", "cp1254") and re.search("[šžŠŽ]", text) and re.search("[èøìùÈØÌÙï]", text):
        odd += 2  # Czech, Slovak, Slovene
    return odd


def shown_names(columns: Iterable[Iterable[str | None]], *, count: int = 3) -> list[str]:
    """Return the first ``count`` values with letters beyond ASCII of the first of some ``columns`` that has any."""
    for column in columns:
        found = dict.fromkeys(value for value in column if isinstance(value, str) and not value.isascii())
        if found:
            return [value[:60] for value in list(found)[:count]]
    return []
