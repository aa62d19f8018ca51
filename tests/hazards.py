"""A folder of everything that goes wrong with pictures, made by hand, with the outcome that each file must have."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>No such painting</body></html>\n"
TAKEN, IGNORED = "taken", "ignored"


def scene(width=48, height=32, *, seed=0):
    """A colourful, compressible array (height, width, 3) uint8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    a, b, c = rng.uniform(0.5, 2.5, size=3)
    planes = [np.sin(3 * a * x + b * y), np.cos(2 * c * y - a * x), x * y * 2 - 1]
    return (
        np.rint(127.5 + 100 * np.stack(planes, axis=2) + rng.normal(0, 4, (height, width, 3)))
        .clip(0, 255)
        .astype(np.uint8)
    )


def corners(width=32, height=16):
    """Red top left, green top right, blue bottom left, white bottom right: (height, width, 3) uint8."""
    array = np.zeros((height, width, 3), np.uint8)
    array[: height // 2, : width // 2] = 255, 0, 0
    array[: height // 2, width // 2 :] = 0, 255, 0
    array[height // 2 :, : width // 2] = 0, 0, 255
    array[height // 2 :, width // 2 :] = 255, 255, 255
    return array


def encode(image, kind, **options):
    """An array or Pillow picture as the bytes of a file."""
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation):
    """An Exif block that holds an orientation and nothing else."""
    tags = Image.Exif()
    tags[274] = orientation
    return tags.tobytes()


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height, *, depth=8, colour=2):
    """A PNG that declares a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = png_chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data + png_chunk(b"IEND", b"")


def declare_jpeg_size(data, width, height):
    """The same JPEG, with another size in its frame header."""
    at = next(data.index(marker) for marker in (b"\xff\xc0\0\x11", b"\xff\xc2\0\x11") if marker in data)
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def declare_tiff_size(data, width, height):
    """The same little-endian TIFF, with another size in its first directory."""
    (at,) = struct.unpack_from("<I", data, 4)
    (n,) = struct.unpack_from("<H", data, at)
    result = bytearray(data)
    for entry in range(at + 2, at + 2 + 12 * n, 12):
        (tag,) = struct.unpack_from("<H", data, entry)
        if tag in (256, 257):
            struct.pack_into("<HII", result, entry + 2, 4, 1, {256: width, 257: height}[tag])
    return bytes(result)


def icc_profile(space, tags, *, kind=b"mntr", connection=b"XYZ "):
    """An ICC profile, version 2, from its tags: a dict of 4-byte signatures to bytes."""
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for signature, data in tags.items():
        data += bytes(-len(data) % 4)
        table += signature + struct.pack(">II", offset + len(body), len(data))
        body += data
    header = struct.pack(">I4s4s4s4s4s", offset + len(body), b"\0\0\0\0", b"\x02\x40\0\0", kind, space, connection)
    header += struct.pack(">6H4s", 2024, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += _xyz(0.9642, 1.0, 0.8249)[8:]
    return header + bytes(128 - len(header)) + table + body


def rgb_profile(red, green, blue, *, gamma):
    """A display profile whose three colourants have the XYZ (D50) given."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"desc": _description("test"), b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    tags |= {b"rXYZ": _xyz(*red), b"gXYZ": _xyz(*green), b"bXYZ": _xyz(*blue)}
    return icc_profile(b"RGB ", tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


#: XYZ of the sRGB primaries, adapted to D50.
SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def grey_profile(gamma):
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"desc": _description("grey"), b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"kTRC": curve}
    return icc_profile(b"GRAY", tags)


def table_profile(space, lightness, *, kind):
    """A profile by table: an L* of 0 … 255 for each corner of the colour space, the last channel varying fastest."""
    channels = len(lightness).bit_length() - 1
    ramp = bytes(range(256))
    grid = b"".join(bytes([value, 128, 128]) for value in lightness)
    unit = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft1" + bytes(4) + bytes([channels, 3, 2, 0]) + unit + ramp * channels + grid + ramp * 3
    tags = {b"desc": _description("table"), b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"A2B0": lut, b"A2B1": lut}
    return icc_profile(space, tags, kind=kind, connection=b"Lab ")


def cmyk_profile():
    """A printer profile for odd inks: cyan makes the paper black, all else leaves it white."""
    return table_profile(b"CMYK", [255] * 8 + [0] * 8, kind=b"prtr")


def _xyz(*values):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(65536 * value) for value in values))


def _description(text):
    text = text.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def good_files():
    """Name and bytes of pictures of every kind that must be taken."""
    photo = scene()
    rgb = Image.fromarray(photo)
    grey = rgb.convert("L")
    clear = rgb.convert("RGBA")
    clear.putalpha(grey)
    palette = rgb.quantize(16)
    sixteen = Image.fromarray((np.arange(48 * 32, dtype=np.uint16) * 42).reshape(32, 48))
    frames = [Image.fromarray(scene(seed=seed)) for seed in (1, 2, 3)]
    files = {
        "plain.jpg": encode(rgb, "JPEG", quality=90),
        "progressive.jpg": encode(rgb, "JPEG", progressive=True),
        "grey.jpg": encode(grey, "JPEG"),
        "cmyk.jpg": encode(rgb.convert("CMYK"), "JPEG"),
        "plain.png": encode(rgb, "PNG"),
        "alpha.png": encode(clear, "PNG"),
        "grey alpha.png": encode(clear.convert("LA"), "PNG"),
        "palette.png": encode(palette, "PNG"),
        "palette with one clear colour.png": encode(palette, "PNG", transparency=3),
        "palette with many clear colours.png": encode(palette, "PNG", transparency=bytes(range(0, 256, 16))),
        "one bit.png": encode(rgb.convert("1"), "PNG"),
        "sixteen bit.png": encode(sixteen, "PNG"),
        "plain.tif": encode(rgb, "TIFF"),
        "lzw.tiff": encode(rgb, "TIFF", compression="tiff_lzw"),
        "sixteen bit.tif": encode(sixteen, "TIFF"),
        "float.tif": encode(Image.fromarray(photo[..., 0].astype(np.float32) / 255), "TIFF"),
        "cmyk.tif": encode(rgb.convert("CMYK"), "TIFF"),
        "lab.tif": encode(rgb.convert("LAB"), "TIFF"),
        "ycbcr.tif": encode(rgb.convert("YCbCr"), "TIFF", compression="tiff_lzw"),
        "pages.tif": encode(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
        "fax.tif": encode(rgb.convert("1"), "TIFF", compression="group4"),
        "plain.webp": encode(rgb, "WEBP"),
        "alpha.webp": encode(clear, "WEBP", lossless=True),
        "film.webp": encode(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "plain.bmp": encode(rgb, "BMP"),
        "plain.gif": encode(palette, "GIF"),
        "film.gif": encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100),
        "plain.ppm": encode(rgb, "PPM"),
        "grey.pgm": encode(grey, "PPM"),
        "two pictures.mpo": encode(frames[0], "MPO", save_all=True, append_images=frames[1:2]),
        "film.png": encode(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "wide.png": encode(np.full((2, 40_000, 3), 127, np.uint8), "PNG"),
        "tall.jpg": encode(np.full((40_000, 2, 3), 127, np.uint8), "JPEG"),
        "one pixel.png": encode(np.full((1, 1, 3), 9, np.uint8), "PNG"),
        "broken profile.jpg": encode(rgb, "JPEG", icc_profile=b"this is no profile" * 20),
        "cut profile.jpg": encode(rgb, "JPEG", icc_profile=rgb_profile(*SRGB, gamma=2.2)[:200]),
        "wrong profile.jpg": encode(rgb, "JPEG", icc_profile=cmyk_profile()),
        "profile.png": encode(rgb, "PNG", icc_profile=rgb_profile(*SRGB, gamma=1.0)),
        "grey profile.png": encode(grey, "PNG", icc_profile=grey_profile(1.0)),
        "cmyk profile.jpg": encode(rgb.convert("CMYK"), "JPEG", icc_profile=cmyk_profile()),
        "broken exif.jpg": encode(rgb, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(40)),
        "huge exif counts.jpg": encode(rgb, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + b"\xff\x7f" + b"\x12\x01" * 50),
        "png named.jpg": encode(rgb, "PNG"),
        "jpeg named.png": encode(rgb, "JPEG"),
        "rubbish after the end.jpg": encode(rgb, "JPEG") + os.urandom(0) + b"rubbish" * 500,
    }
    files |= {f"orientation {turn}.jpg": encode(corners(), "JPEG", exif=exif(turn)) for turn in range(10)}
    files |= {f"orientation {turn}.png": encode(corners(), "PNG", exif=exif(turn)) for turn in (3, 6)}
    files |= {f"orientation {turn}.tif": encode(corners(), "TIFF", tiffinfo={274: turn}) for turn in (3, 6, 8)}
    files |= {f"orientation {turn}.webp": encode(corners(), "WEBP", exif=exif(turn)) for turn in (3, 6)}
    if "AVIF" in Image.SAVE or "AVIF" in _all_writers():
        files["plain.avif"] = encode(rgb, "AVIF")
    if "JPEG2000" in _all_writers():
        files["plain.jp2"] = encode(rgb, "JPEG2000")
    return files


def bad_files():
    """Name, bytes and expected reason of pictures that must be refused."""
    photo = scene(200, 160)
    jpeg, progressive = encode(photo, "JPEG"), encode(photo, "JPEG", progressive=True)
    png, gif = encode(photo, "PNG"), encode(photo, "GIF")
    tiff, webp, bmp = encode(photo, "TIFF"), encode(photo, "WEBP"), encode(photo, "BMP")
    files = {
        "empty.jpg": (b"", "empty file"),
        "empty.png": (b"", "empty file"),
        "page.jpg": (HTML, "not an image"),
        "page in lower case.png": (b"\xef\xbb\xbf \r\n" + HTML.lower(), "not an image"),
        "error.jpeg": (b'{"error": 403}', "not an image"),
        "error.gif": (b"<?xml version='1.0'?><Error>AccessDenied</Error>", "not an image"),
        "document.tif": (b"%PDF-1.7\n" + bytes(100), "not an image"),
        "archive.jpg": (b"PK\x03\x04" + bytes(100), "not an image"),
        "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "not an image"),
        "text.bmp": (b"Lorem ipsum", "not an image"),
        "zeros.jpg": (bytes(1000), "not an image"),
        "two bytes.jpg": (b"\xff\xd8", "not an image"),
        "photoshop.tif": (b"8BPS\0\x02" + bytes(100), "unsupported"),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
        "print.tif": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unsupported"),
        "telephone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "unsupported"),
        "next.jxl": (b"\xff\x0a" + bytes(100), "unsupported"),
        "bomb.png": (png_header(100_000, 100_000), "too large"),
        "bomb.tif": (declare_tiff_size(tiff, 90_000, 60_000), "too large"),
        "bomb.bmp": (bmp[:18] + struct.pack("<ii", 60_000, 60_000) + bmp[26:], "too large"),
        "bomb.gif": (gif[:6] + struct.pack("<HH", 65_535, 65_535) + gif[10:], "too large"),
        "bomb.ppm": (b"P6 100000 100000 255\n" + bytes(100), "too large"),
        "bomb.jpg": (declare_jpeg_size(progressive, 65_000, 65_000), "too large"),
        "header with a wrong checksum.png": (png[:20] + b"\x7f" + png[21:], "damaged"),
        "no picture in it.tif": (b"II*\0\x08\0\0\0\0\0" + bytes(20), "damaged"),
        "no size.bmp": (bmp[:18] + bytes(8) + bmp[26:], "damaged"),
    }
    for part in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97):
        cuts = {"jpg": jpeg, "progressive.jpg": progressive, "png": png, "gif": gif, "webp": webp}
        for ending, data in cuts.items():
            files[f"cut at {part:.0%}.{ending}"] = data[: int(len(data) * part)], "truncated"
        if part >= 0.1:
            files[f"cut at {part:.0%}.bmp"] = bmp[: int(len(bmp) * part)], "truncated"
    files["cut at the start.tif"] = tiff[:6], "damaged"
    return files


#: Names that have broken something somewhere; all are pictures to be taken.
NAMES = [
    "000001.jpg",
    "1e5.jpg",
    "m.c.-escher_relativity.1953.jpg",
    "Ünïcödé – Ḿona.jpg",
    "Голубые танцовщицы.jpg",
    "神奈川沖浪裏.JPG",
    "مكتب.jpeg",
    "e\u0301tude.jpg",
    "🖼️.png",
    'it\'s "quoted".jpg',
    "<script>alert(1)</script>.jpg".replace("/", "∕"),
    "=cmd()|' /C calc'!A0.jpg".replace("/", "∕"),
    "+1.jpg",
    "-rf.jpg",
    "@sum.jpg",
    "a,b;c\td.jpg".replace("\t", " "),
    "50%.jpg",
    "#1?.jpg",
    "back\\slash.jpg",
    "nan.jpg",
    "None.jpg",
    "x" * 200 + ".jpg",
    "two.endings.jpg.png",
    "UPPER.TIFF",
    "a very deep/folder/of/folders/picture.jpg",
    "another/000001.jpg",
    "folder.jpg/inside.jpg",
]


def write_hazards(folder):
    """Write about 200 files of every hazardous kind.

    Parameters
    ----------
    folder : str or os.PathLike
        Made if missing; files lie in it and in folders within it, one link leads out of it.

    Returns
    -------
    dict of str to str
        From each file's relative path to "taken", "ignored" (no picture by its name) or the reason of its refusal.
    """
    folder = Path(folder)
    expected = {}

    def write(name, data, outcome):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        expected[name] = outcome

    for name, data in good_files().items():
        write(f"good/{name}", data, TAKEN)
    for name, (data, reason) in bad_files().items():
        write(f"bad/{name}", data, reason)
    for i, name in enumerate(NAMES):
        kind = {"png": "PNG", "iff": "TIFF"}.get(name[-3:].lower(), "JPEG")
        write(f"names/{name}", encode(scene(40 + i, 30, seed=i), kind), TAKEN)
    for i in range(40):
        write(f"room {i % 4}/{i:06}.jpg", encode(scene(64, 48 + i, seed=100 + i), "JPEG"), TAKEN)

    write("notes.txt", b"not a picture", IGNORED)
    write("Thumbs.db", b"\0" * 100, IGNORED)
    write(".hidden.jpg", encode(scene(), "JPEG"), IGNORED)
    write("._plain.jpg", b"\0\x05\x16\x07", IGNORED)
    write(".cache/thumbnail.jpg", encode(scene(), "JPEG"), IGNORED)
    write("names/line\nbreak.jpg", encode(scene(), "JPEG"), "unreadable name")
    write("names/bell\x07.jpg", encode(scene(), "JPEG"), "unreadable name")
    (folder / os.fsdecode(b"names/latin-1 \xe9.jpg")).write_bytes(encode(scene(), "JPEG"))
    expected[os.fsdecode(b"names/latin-1 \xe9.jpg")] = "unreadable name"

    outside = folder.parent / f"{folder.name} - elsewhere.jpg"
    outside.write_bytes(encode(scene(), "JPEG"))
    (folder / "link out.jpg").symlink_to(outside)
    expected["link out.jpg"] = TAKEN
    (folder / "link within.jpg").symlink_to(Path("good") / "plain.jpg")
    expected["link within.jpg"] = TAKEN
    (folder / "link to nothing.jpg").symlink_to(Path("good") / "missing.jpg")
    expected["link to nothing.jpg"] = "unreadable file"
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    expected["loop"] = IGNORED
    os.mkfifo(folder / "pipe.jpg")
    expected["pipe.jpg"] = "unreadable file"
    return expected


def _all_writers():
    Image.init()
    return Image.SAVE
