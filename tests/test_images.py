import dataclasses
import errno
import io
import os
import pickle
import random
import struct
import subprocess
import sys
import threading
import tracemalloc
import warnings

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageFile, PngImagePlugin

from artgraph import imagefiles
from artgraph.errors import ImageError, InputError
from artgraph.images import IMAGE_ERRORS, MAX_PIXELS, inspect_image, load_image, resize_contain, resize_cover
from tests import hazards
from tests.hazards import SRGB, corners, encode, exif, scene

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def flat(value, mode="RGB", size=(16, 16)):
    return Image.new(mode, size, value)


def pixel(data, **options):
    """The one colour of a picture of one colour."""
    pixels = load_image(data, **options)
    assert (pixels == pixels[0, 0]).all()
    return tuple(int(value) for value in pixels[0, 0])


def quadrants(pixels):
    """The colours at the middle of the four quarters, in reading order."""
    height, width, _ = pixels.shape
    spots = [
        (height // 4, width // 4),
        (height // 4, -width // 4),
        (-height // 4, width // 4),
        (-height // 4, -width // 4),
    ]
    return [tuple(int(value) // 128 * 255 for value in pixels[spot]) for spot in spots]


def reason(data, **options):
    with pytest.raises(ImageError) as caught:
        load_image(data, **options)
    return caught.value.reason


# Orientation. `corners` is R G / B W; each line is what a viewer must show for that Exif value.
UPRIGHT = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("turn", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied_once(turn, kind):
    extra = {"tiffinfo": {274: turn}} if kind == "TIFF" else {"exif": exif(turn)}
    extra |= {"JPEG": {"subsampling": 0, "quality": 95}, "WEBP": {"lossless": True}}.get(kind, {})
    data = encode(corners(width=64, height=32), kind, **extra)
    pixels = load_image(data)
    assert pixels.shape == ((64, 32, 3) if turn >= 5 else (32, 64, 3))
    assert quadrants(pixels) == UPRIGHT[turn]
    assert quadrants(load_image(data, min_side=8)) == UPRIGHT[turn]
    record = inspect_image(data)
    assert (record.width, record.height) == ((32, 64) if turn >= 5 else (64, 32))


def test_compressed_tiff_is_turned_once():
    data = encode(corners(), "TIFF", tiffinfo={274: 6}, compression="tiff_lzw")
    assert quadrants(load_image(data)) == UPRIGHT[6]


@pytest.mark.parametrize("turn", [0, 9, 255])
def test_orientation_out_of_range_is_ignored(turn):
    assert quadrants(load_image(encode(corners(), "PNG", exif=exif(turn)))) == UPRIGHT[1]


# Alpha, palettes, bit depths.


@pytest.mark.parametrize(("alpha", "expected"), [(255, (200, 100, 0)), (0, (255, 255, 255)), (51, (244, 224, 204))])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_alpha_lies_on_white(alpha, expected, kind):
    # 51 / 255 = 0.2: 0.2 × 200 + 0.8 × 255 = 244
    assert pixel(encode(flat((200, 100, 0, alpha), "RGBA"), kind)) == expected


def test_grey_alpha_lies_on_white():
    assert pixel(encode(flat((100, 51), "LA"), "PNG")) == (224, 224, 224)


def test_reducing_does_not_let_hidden_colours_bleed():
    array = np.zeros((64, 64, 4), np.uint8)
    array[:, ::2] = 255, 0, 0, 255
    array[:, 1::2] = 0, 255, 0, 0  # green that nobody sees
    assert pixel(encode(array, "PNG"), min_side=8) == (255, 127, 127)


def test_palette_and_its_transparency():
    picture = Image.new("P", (4, 2))
    picture.putpalette([10, 20, 30, 200, 0, 0, 0, 0, 200])
    picture.putdata([0, 0, 1, 1, 2, 2, 2, 2])
    opaque = load_image(encode(picture, "PNG"))
    assert opaque[0].tolist() == [[10, 20, 30]] * 2 + [[200, 0, 0]] * 2
    one = load_image(encode(picture, "PNG", transparency=1))
    assert one[0].tolist() == [[10, 20, 30]] * 2 + [[255, 255, 255]] * 2
    many = load_image(encode(picture, "PNG", transparency=bytes([255, 51, 0])))
    assert many[0].tolist() == [[10, 20, 30]] * 2 + [[244, 204, 204]] * 2
    assert many[1].tolist() == [[255, 255, 255]] * 4
    assert load_image(encode(picture, "GIF"))[0].tolist() == opaque[0].tolist()


def test_one_bit():
    assert pixel(encode(flat(1, "1"), "PNG")) == WHITE
    assert pixel(encode(flat(0, "1"), "TIFF", compression="group4")) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(kind):
    ramp = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    expected = np.arange(256).reshape(16, 16)
    assert (load_image(encode(Image.fromarray(ramp), kind)) == expected[..., None]).all()
    values = np.array([[0, 128, 129, 385, 386, 32767, 65406, 65407, 65535]], np.uint16)
    assert load_image(encode(Image.fromarray(values), kind))[0, :, 0].tolist() == [0, 0, 1, 1, 2, 127, 254, 255, 255]


def test_sixteen_bit_transparent_grey():
    values = np.array([[0, 25700, 65535]], np.uint16)
    data = encode(Image.fromarray(values), "PNG", transparency=25700)
    assert load_image(data)[0, :, 0].tolist() == [0, 255, 255]


def test_sixteen_bit_big_endian_tiff():
    picture = Image.frombytes("I;16B", (2, 1), struct.pack(">2H", 25700, 65535))
    assert load_image(encode(picture, "TIFF"))[0, :, 0].tolist() == [100, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([0.0, 500.0, 1000.0], [0, 128, 255]),
        ([np.nan, 0.5, np.inf], [0, 128, 0]),
        ([np.nan, np.nan, np.nan], [0, 0, 0]),
        ([-7.0, -7.0, -7.0], [0, 0, 0]),
    ],
)
def test_floating_point_grey(values, expected):
    data = encode(Image.fromarray(np.array([values], np.float32)), "TIFF")
    assert load_image(data)[0, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0, 25700, 65535], [0, 100, 255]), ([-100, 0, 100], [0, 128, 255]), ([0, 0, 10**6], [0, 0, 255])],
)
def test_32_bit_grey(values, expected):
    data = encode(Image.fromarray(np.array([values], np.int32)), "TIFF")
    assert load_image(data)[0, :, 0].tolist() == expected


# Colour.


@pytest.mark.parametrize(
    ("inks", "expected"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 0, 0), (255, 0, 255)),
        ((0, 0, 255, 0), (255, 255, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((0, 0, 0, 51), (204, 204, 204)),
        ((51, 0, 102, 51), (163, 204, 122)),  # (255 - 51)(255 - 51) / 255 = 163.2; 153 × 204 / 255 = 122.4
    ],
)
def test_cmyk_without_a_profile(inks, expected):
    assert pixel(encode(flat(inks, "CMYK"), "TIFF")) == expected
    # Pillow writes CMYK JPEGs as Adobe does, inverted and marked.
    data = encode(flat(inks, "CMYK"), "JPEG", quality=100)
    assert b"Adobe" in data
    assert np.abs(np.subtract(pixel(data), expected)).max() <= 1


def test_cmyk_profile_decides_over_the_formula():
    profile = hazards.cmyk_profile()  # cyan prints black, magenta prints nothing
    for kind in ("TIFF", "JPEG"):
        assert pixel(encode(flat((255, 0, 0, 0), "CMYK"), kind, icc_profile=profile)) == (0, 0, 0)
        assert pixel(encode(flat((0, 255, 0, 0), "CMYK"), kind, icc_profile=profile)) == (255, 255, 255)


def test_the_darkest_colour_of_a_profile_is_black():
    # L* = 51 / 255 = 20 % would be (48, 48, 48) without black point compensation.
    screen = hazards.table_profile(b"RGB ", [51] + [255] * 7, kind=b"mntr")
    assert max(pixel(encode(flat((0, 0, 0)), "PNG", icc_profile=screen))) <= 2
    assert pixel(encode(flat((255, 0, 0)), "PNG", icc_profile=screen)) == WHITE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_icc_profile_is_converted(kind):
    red, green, blue = SRGB
    swapped = hazards.rgb_profile(green, red, blue, gamma=2.2)
    extra = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    data = encode(flat(RED), kind, icc_profile=swapped, **extra)
    assert np.abs(np.subtract(pixel(data), GREEN)).max() <= 3
    assert np.abs(np.subtract(pixel(encode(flat(RED), kind, **extra)), RED)).max() <= 2


def test_icc_gamma():
    # Linear light 55 / 255 = 0.2157 is 0.5020 = 128 / 255 in sRGB (IEC 61966-2-1).
    linear = hazards.rgb_profile(*SRGB, gamma=1.0)
    assert pixel(encode(flat((55, 55, 55)), "PNG", icc_profile=linear)) == pytest.approx((128, 128, 128), abs=1)
    grey = hazards.grey_profile(1.0)
    assert pixel(encode(flat(55, "L"), "PNG", icc_profile=grey)) == pytest.approx((128, 128, 128), abs=1)
    # A grey picture with a profile for colour; grey with transparency; a palette.
    assert pixel(encode(flat(55, "L"), "JPEG", icc_profile=linear)) == pytest.approx((128, 128, 128), abs=1)
    assert pixel(encode(flat((55, 255), "LA"), "PNG", icc_profile=grey)) == pytest.approx((128, 128, 128), abs=1)
    palette = flat((55, 55, 55)).quantize(2)
    assert pixel(encode(palette, "PNG", icc_profile=linear)) == pytest.approx((128, 128, 128), abs=1)


def test_wide_gamut_profile():
    # Adobe RGB (1998): linear light (c / 255) ** 2.2, its colourants (D50), the inverse of sRGB's, sRGB's curve.
    colourants = (0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)
    adobe = hazards.rgb_profile(*colourants, gamma=2.2)
    light = np.linalg.solve(np.transpose(SRGB), np.transpose(colourants) @ (np.array([100, 150, 100]) / 255) ** 2.2)
    expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    assert pixel(encode(flat((100, 150, 100)), "PNG", icc_profile=adobe)) == pytest.approx(expected, abs=1.5)
    assert pixel(encode(flat((128, 128, 128)), "PNG", icc_profile=adobe)) == pytest.approx((128, 128, 128), abs=1)


@pytest.mark.parametrize("profile", [b"rubbish" * 30, hazards.cmyk_profile(), hazards.grey_profile(1.0), bytes(128)])
def test_broken_or_foreign_profile_is_ignored(profile):
    assert pixel(encode(flat((12, 34, 56)), "PNG", icc_profile=profile)) == (12, 34, 56)


def test_lab_and_ycbcr():
    lab = Image.new("LAB", (1, 1), (138, 209, 198))  # L* 54.3, a* 80.8, b* 69.9 (D50) is sRGB red
    assert pixel(encode(lab, "TIFF")) == pytest.approx((255, 0, 0), abs=6)
    ycc = Image.new("YCbCr", (1, 1), (76, 85, 255))
    assert pixel(encode(ycc, "TIFF", compression="tiff_lzw")) == pytest.approx((254, 0, 0), abs=1)


# Several pictures in one file.


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG", "MPO"])
def test_first_page_or_frame(kind):
    first, *others = (flat(colour, size=(32, 32)) for colour in (RED, GREEN, BLUE))
    extra = {"lossless": True} if kind == "WEBP" else {}
    others = others[:1] if kind == "MPO" else others  # some Pillows wrote three wrongly
    data = encode(first, kind, save_all=True, append_images=others, **extra)
    assert np.abs(np.subtract(pixel(data), RED)).max() <= 2


# Sizes.


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_very_wide_strip(kind):
    strip = np.tile(np.arange(40_000, dtype=np.uint32)[None, :, None] * 255 // 40_000, (3, 1, 3)).astype(np.uint8)
    data = encode(strip, kind, **({"quality": 95} if kind == "JPEG" else {}))
    pixels = load_image(data)
    assert pixels.shape == (3, 40_000, 3)
    assert pixels[1, [0, 20_000, -1], 0].astype(int) == pytest.approx([0, 127, 254], abs=2)
    assert load_image(data, min_side=64).shape == (3, 40_000, 3)
    assert inspect_image(data).width == 40_000
    assert Image.open(io.BytesIO(inspect_image(data).thumbnail)).size == (256, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("shape", [(300, 200), (257, 801), (64, 64), (63, 500), (10, 10)])
def test_min_side_bounds(kind, shape):
    data = encode(scene(shape[1], shape[0]), kind)
    for least in (1, 7, 64, 100):
        pixels = load_image(data, min_side=least)
        short = min(pixels.shape[:2])
        if min(shape) < least:
            assert pixels.shape[:2] == shape
        else:
            assert least <= short < 2 * least
        ratio = max(pixels.shape[:2]) / short
        assert ratio == pytest.approx(max(shape) / min(shape), rel=1.1 / short)


def test_min_side_shows_the_same_picture():
    array = np.asarray(Image.fromarray(scene(20, 15, seed=4)).resize((400, 300), Image.Resampling.BICUBIC))
    for kind in ("JPEG", "PNG"):
        data = encode(array, kind)
        small = load_image(data, min_side=70)
        reference = np.asarray(Image.fromarray(array).resize(small.shape[1::-1], Image.Resampling.BOX))
        assert np.abs(small.astype(int) - reference).mean() < 3


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="measures memory with /proc")
def test_bombs_are_refused_without_allocating(tmp_path):
    bombs = {name: data for name, (data, expected) in hazards.bad_files().items() if expected == "too large"}
    assert len(bombs) == 6
    for name, data in bombs.items():
        (tmp_path / name).write_bytes(data)
    code = (
        "import resource, sys\n"
        "from artgraph.errors import ImageError\n"
        "from artgraph.images import load_image\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 2**27, used + 2**27))\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n        load_image(name)\n"
        "    except ImageError as error:\n        print(error)\n"
    )
    command = [sys.executable, "-c", code, *(str(tmp_path / name) for name in bombs)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    said = f"too large: It has more than the {MAX_PIXELS:,} pixels allowed. Save a smaller copy of it."
    assert done.stdout.decode().splitlines() == [said] * 6


def test_pixel_limit_is_exact_and_ours():
    data = encode(scene(40, 25), "PNG")
    assert load_image(data, max_pixels=1000).shape == (25, 40, 3)
    assert reason(data, max_pixels=999) == "too large"
    webp, tiff = encode(scene(40, 25), "WEBP"), encode(scene(40, 25), "TIFF", compression="tiff_lzw")
    assert (reason(webp, max_pixels=999), reason(tiff, max_pixels=999)) == ("too large", "too large")


def test_large_jpeg_is_reduced_under_the_limit():
    data = encode(scene(400, 300), "JPEG")
    assert load_image(data, max_pixels=120_000).shape == (300, 400, 3)
    assert load_image(data, max_pixels=119_999).shape == (150, 200, 3)
    assert load_image(data, max_pixels=7_500).shape == (75, 100, 3)
    assert load_image(data, max_pixels=1_900).shape == (38, 50, 3)
    assert load_image(data, min_side=200, max_pixels=30_000).shape == (150, 200, 3)
    assert reason(data, max_pixels=1_899) == "too large"
    record = inspect_image(data, max_pixels=30_000)
    assert (record.width, record.height) == (400, 300)


def test_large_progressive_jpeg_is_refused():
    data = encode(scene(400, 300), "JPEG", progressive=True)
    assert reason(data, max_pixels=119_999) == "too large"
    assert load_image(data, min_side=50, max_pixels=120_000).shape == (75, 100, 3)
    # A sequential JPEG whose first scan holds one of three components needs as much memory.
    together = bytes.fromhex("ffda 000c 03 0100 0211 0311 003f00")
    plain = encode(scene(400, 300), "JPEG")
    assert together in plain
    assert reason(plain.replace(together, bytes.fromhex("ffda 0008 01 0100 003f00")), max_pixels=119_999) == "too large"


def test_out_of_memory_is_too_large(monkeypatch):
    def fail(self):
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    assert reason(encode(scene(), "PNG")) == "too large"


# What cannot be read.


@pytest.mark.parametrize(("name", "data", "expected"), [(name, *rest) for name, rest in hazards.bad_files().items()])
def test_bad_files_have_their_reason(name, data, expected, tmp_path):
    with pytest.raises(ImageError) as caught:
        load_image(data)
    assert caught.value.reason == expected
    assert caught.value.detail.endswith(".")
    assert "0x" not in caught.value.detail
    path = tmp_path / name
    path.write_bytes(data)
    for call in (load_image, inspect_image):
        with pytest.raises(ImageError) as again:
            call(path)
        assert (again.value.reason, again.value.detail) == (expected, caught.value.detail)


@pytest.mark.parametrize(("name", "data"), hazards.good_files().items())
def test_good_files_are_read(name, data, monkeypatch, tmp_path):
    pixels = load_image(data)
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.flags.writeable
    assert pixels.flags.c_contiguous
    path = tmp_path / "picture"
    path.write_bytes(data)
    assert (load_image(str(path)) == pixels).all()
    monkeypatch.setattr(imagefiles, "_READ_WHOLE", 0)  # as for a file too large to be read whole
    assert (load_image(path) == pixels).all()
    assert inspect_image(path) == inspect_image(data)


def test_html_is_named():
    with pytest.raises(ImageError, match="not an image: It looks like an HTML page"):
        load_image(hazards.HTML)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("min_side", [None, 20, 40, 80])
def test_truncation_is_found_at_reduced_scale_too(progressive, min_side):
    data = encode(scene(640, 480), "JPEG", progressive=progressive)
    assert load_image(data, min_side=min_side) is not None
    for part in (0.2, 0.5, 0.9, 0.98):
        assert reason(data[: int(part * len(data))], min_side=min_side) == "truncated"


def test_truncation_is_found_although_someone_switched_tolerance_on(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for kind in ("JPEG", "PNG", "BMP"):
        assert reason(encode(scene(200, 100), kind)[:2000]) == "truncated"
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def test_unreadable_files(tmp_path):
    with pytest.raises(ImageError, match="unreadable file: No such file"):
        load_image(tmp_path / "missing.jpg")
    with pytest.raises(ImageError, match="unreadable file: It is a folder"):
        load_image(tmp_path)
    with pytest.raises(ImageError, match="unreadable file"):
        load_image("nul\0byte.jpg")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(ImageError, match="unreadable file"):
            load_image(tmp_path / "pipe.jpg")


def test_no_permission(tmp_path, monkeypatch):
    path = tmp_path / "locked.jpg"
    path.write_bytes(encode(scene(), "JPEG"))

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ImageError, match=r"unreadable file: Permission denied\."):
        load_image(path)


def test_disk_error_is_not_a_damaged_picture(monkeypatch):
    def fail(self):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    assert reason(encode(scene(), "PNG")) == "unreadable file"


def test_formats_that_start_other_programs_are_never_tried():
    eps = encode(scene(), "EPS")
    assert reason(eps) == "unsupported"
    assert reason(encode(scene(), "ICO")) == "not an image"


def test_fuzzed_files_raise_image_errors_and_nothing_else(capfd):
    rng = random.Random(20)
    files = sorted(hazards.good_files().items())
    outcomes = set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2500):
            _, data = rng.choice(files)
            data = bytearray(data)
            for _ in range(rng.choice([1, 2, 5, 20])):
                at = int(rng.random() ** 2 * len(data))
                what = rng.randrange(4)
                if what <= 1:
                    data[at] = rng.randrange(256)
                elif what == 2:
                    data[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b""])
                else:
                    del data[max(1, at) :: rng.choice([2, 1000, 10**6])]
            try:
                load_image(bytes(data), min_side=8, max_pixels=10**6)
                outcomes.add("taken")
            except ImageError as error:
                outcomes.add(error.reason)
    capfd.readouterr()  # libtiff speaks to stderr
    assert {"taken", "damaged", "truncated", "not an image", "too large"} <= outcomes
    assert outcomes <= {"taken", "damaged", "truncated", "not an image", "too large", "unsupported"}


# Whole or not.

END = "The file lacks its last bytes; all of the picture is there."


def tiff(array, **options):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.ascontiguousarray(array), **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "lost"),
    [("JPEG", 1), ("JPEG", 2), ("progressive", 1), ("progressive", 2), ("PNG", 12), ("PNG", 16), ("GIF", 1)],
)
def test_a_file_that_lacks_its_end_and_nothing_of_the_picture_is_taken_with_a_note(kind, lost):
    data = encode(scene(160, 120), "JPEG", progressive=True) if kind == "progressive" else encode(scene(160, 120), kind)
    whole = load_image(data)
    assert inspect_image(data).note is None
    assert inspect_image(data[:-lost]).note == END
    assert (load_image(data[:-lost]) == whole).all()
    assert load_image(data[:-lost], min_side=20).shape == load_image(data, min_side=20).shape


@pytest.mark.parametrize(
    "end", [b"", bytes(10**5), b"text, not a picture " * 5000, b"\xff" * 10**5, "itself", "the end of itself"]
)
@pytest.mark.parametrize("kind", ["JPEG", "progressive", "restarts", "PNG", "GIF"])
@pytest.mark.parametrize("part", [0.5, 0.9, "last byte"])
def test_a_picture_that_was_cut_is_refused_whatever_follows(kind, part, end):
    options = {"progressive": {"progressive": True}, "restarts": {"restart_marker_blocks": 3}}.get(kind, {})
    data = encode(scene(160, 120), "JPEG" if options else kind, **options)
    last = {"PNG": 20, "GIF": 8}.get(kind, 6)  # a few bytes of the picture itself
    short = data[:-last] if part == "last byte" else data[: int(part * len(data))]
    end = {"itself": data, "the end of itself": data[-12 if kind == "PNG" else -2 :]}.get(end, end)
    if kind == "progressive" and end == data[-2:]:
        # every viewer shows it; part of the last scan, the last bit of some values, cannot be missed
        note = inspect_image(short + end).note or ""
        assert note.startswith("Its last scans are missing") == (part == 0.5)
        return
    if part == "last byte" and ((kind in ("JPEG", "restarts") and end == data[-2:]) or kind == "GIF"):
        return  # other bytes in the place of the last few: nothing tells it from a whole file
    assert reason(short + end) in ("truncated", "damaged")


def test_cmyk_jpeg_without_adobes_mark_is_not_inverted():
    data = encode(flat((255, 0, 0, 0), "CMYK"), "JPEG", quality=100)
    at = data.index(b"\xff\xee")
    plain = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    assert b"Adobe" not in plain
    # Pillow wrote 255 - ink, so that 0 stands for cyan; without the mark 0 is no cyan, and 255 is all of the others
    assert pixel(data) == pytest.approx((0, 255, 255), abs=1)
    assert pixel(plain) == pytest.approx((0, 0, 0), abs=1)
    white = plain_cmyk((0, 0, 0, 0))
    assert pixel(white) == pytest.approx((255, 255, 255), abs=1)
    assert pixel(plain_cmyk((0, 255, 0, 0))) == pytest.approx((255, 0, 255), abs=1)
    assert "Adobe" in inspect_image(white).note
    assert inspect_image(data).note is None
    # a profile is asked in either case
    assert pixel(plain_cmyk((255, 0, 0, 0), icc_profile=hazards.cmyk_profile())) == (0, 0, 0)


def plain_cmyk(inks, **options):
    """A CMYK JPEG with inks as they are, as programs other than Adobe's write it."""
    data = encode(flat(tuple(255 - ink for ink in inks), "CMYK"), "JPEG", quality=100, **options)
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]


RAMP = np.asarray(Image.fromarray(scene(40, 30)))
KINDS = {
    "uint8": RAMP,
    "uint16": RAMP.astype(np.uint16) * 257,
    "uint32": RAMP.astype(np.uint32) * 16843009,
    "float16": (RAMP / 255).astype(np.float16),
    "float32": (RAMP / 255).astype(np.float32),
    "float64": RAMP / 255,
    "float32 to 255": RAMP.astype(np.float32),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colour_tiffs_of_every_layout(kind, planar):
    array = KINDS[kind] if planar == "contig" else np.moveaxis(KINDS[kind], 2, 0)
    for order in "<>":
        for more in ({}, {"tile": (16, 16)}, {"compression": "lzw"}, {"compression": "zlib", "predictor": True}):
            data = tiff(array, photometric="rgb", planarconfig=planar, byteorder=order, **more)
            assert np.abs(load_image(data).astype(int) - RAMP).max() <= 1, (order, more)
    data = tiff(array, photometric="rgb", planarconfig=planar, extratags=[(274, "H", 1, 6, True)])
    assert np.abs(load_image(data).astype(int) - np.rot90(RAMP, -1)).max() <= 1
    assert (inspect_image(data).width, inspect_image(data).height) == (30, 40)
    assert reason(data, max_pixels=1000) == "too large"
    uncompressed = tiff(array, photometric="rgb", planarconfig=planar)
    for part in (0.4, 0.95):
        assert reason(uncompressed[: int(part * len(uncompressed))]) in ("truncated", "damaged")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[0.0, 0.5, 1.0], [0.25, 0.0, 1.0]], [[0, 128, 255], [64, 0, 255]]),
        ([[0.0, 2.0, 4.0], [1.0, 0.0, 4.0]], [[0, 2, 4], [1, 0, 4]]),
        ([[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]], [[0, 128, 255], [128, 128, 128]]),  # one scale for all channels
        ([[np.nan, 0.0, 1.0], [np.inf, 0.0, 1.0]], [[0, 0, 255], [0, 0, 255]]),
    ],
)
def test_floating_point_colour(values, expected):
    data = tiff(np.array([values], np.float32), photometric="rgb")
    assert load_image(data)[0].tolist() == expected


def test_more_kinds_of_tiff():
    clear = np.concatenate([KINDS["uint16"], np.full((30, 40, 1), 257 * 51, np.uint16)], axis=2)
    planar = tiff(np.moveaxis(clear, 2, 0), photometric="rgb", planarconfig="separate", extrasamples=["unassalpha"])
    assert np.abs(load_image(planar).astype(int) - np.rint(255 - 0.2 * (255 - RAMP.astype(int)))).max() <= 1
    inks = np.zeros((4, 8, 8), np.uint16)
    inks[3] = 257 * 51
    assert pixel(tiff(inks, photometric="separated", planarconfig="separate")) == (204, 204, 204)
    assert pixel(tiff(np.full((8, 8), 0.2), photometric="miniswhite")) == (204, 204, 204)
    assert pixel(tiff(np.full((8, 8), 0.2), photometric="minisblack")) == (51, 51, 51)
    profile = hazards.rgb_profile(*SRGB, gamma=1.0)
    linear = tiff(
        np.full((3, 8, 8), 55 * 257, np.uint16), photometric="rgb", planarconfig="separate", iccprofile=profile
    )
    assert pixel(linear) == pytest.approx((128, 128, 128), abs=1)
    with pytest.raises(ImageError, match=r"unsupported: .*cielab, 3 × 16 bits.* Save it as"):
        load_image(tiff(KINDS["uint16"], photometric="cielab"))


SMALL, LARGE, OTHER = (
    flat(colour, size=size) for colour, size in ((RED, (40, 30)), (GREEN, (160, 120)), (BLUE, (160, 90)))
)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([(SMALL, 1), (LARGE, 0)], GREEN),  # it says that it is one
        ([(SMALL, 0), (LARGE, 0)], GREEN),  # it has the same proportions, and a quarter of the size
        ([(SMALL, 1), (OTHER, 0)], BLUE),
        ([(SMALL, 0), (OTHER, 0)], RED),  # another picture
        ([(LARGE, 0), (SMALL, 1)], GREEN),  # a pyramid
        ([(LARGE, 0), (SMALL, 0)], GREEN),
        ([(SMALL, 1)], RED),  # all there is
        ([(SMALL, 0), (flat(BLUE, size=(80, 60)), 0), (LARGE, 0)], GREEN),
        ([(LARGE, 0), (flat(BLUE, size=(160, 120)), 0)], GREEN),
    ],
)
def test_a_thumbnail_is_not_the_picture(pages, expected):
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        for picture, kind in pages:
            writer.write(np.asarray(picture), photometric="rgb", subfiletype=kind, metadata=None)
    assert pixel(buffer.getvalue()) == expected
    note = inspect_image(buffer.getvalue()).note
    assert (note is None) == (expected == pixel(encode(pages[0][0], "PNG")))
    assert note is None or "page 1 is its thumbnail" in note


def test_a_picture_within_a_page_and_a_cameras_raw_file():
    def within(main):
        buffer = io.BytesIO()
        with tifffile.TiffWriter(buffer) as writer:
            writer.write(np.asarray(SMALL), photometric="rgb", subfiletype=1, subifds=1, metadata=None)
            writer.write(main[0], photometric=main[1], metadata=None)
        return buffer.getvalue()

    assert pixel(within((np.asarray(LARGE), "rgb"))) == GREEN
    with pytest.raises(ImageError, match=r"unsupported: .*camera's sensor.*save it as TIFF or JPEG"):
        load_image(within((np.zeros((120, 160), np.uint16), "cfa")))


@pytest.mark.parametrize("where", ["zTXt", "iTXt", "tEXt", "iCCP"])
@pytest.mark.parametrize("size", [2**21, 2**25])
def test_a_png_with_much_to_say(where, size):
    about, profile = PngImagePlugin.PngInfo(), hazards.rgb_profile(*SRGB, gamma=1.0)
    if where == "iTXt":
        about.add_itxt("XML:com.adobe.xmp", "x" * size, zip=True)
    elif where != "iCCP":
        about.add_text("Comment", "x" * size, zip=where == "zTXt")
    icc = profile + bytes(size) if where == "iCCP" else profile
    data = encode(flat((55, 55, 55)), "PNG", pnginfo=about, icc_profile=icc)
    kept = where != "iCCP" or size < 2**24  # the profile is followed as long as it is within reason
    assert pixel(data) == pytest.approx((128,) * 3 if kept else (55,) * 3, abs=1)
    note = inspect_image(data).note
    assert (note is None) == (size < 2**24 or where == "tEXt")
    assert note is None or "too large to be read and" in note


def test_a_png_with_one_wrong_bit_is_damaged():
    data = bytearray(encode(scene(160, 120), "PNG", compress_level=0))
    data[len(data) // 2] ^= 1
    assert reason(bytes(data)) == "damaged"


# Global state.


def test_pillow_and_warnings_are_left_as_they_were(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 12_345)
    filters = list(warnings.filters)
    load_image(encode(scene(300, 200), "PNG"))
    assert reason(hazards.bad_files()["bomb.png"][0]) == "too large"
    assert reason(b"text") == "not an image"
    assert Image.MAX_IMAGE_PIXELS == 12_345
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert warnings.filters == filters


def test_threads_agree_with_one_another():
    files = [encode(scene(80 + i, 60, seed=i), kind) for i, kind in enumerate(["JPEG", "PNG", "TIFF", "WEBP"] * 3)]
    expected = [load_image(data, max_pixels=10**4) for data in files]
    results = {}
    filters = list(warnings.filters)

    def work(offset):
        for i in range(len(files)):
            k = (i + offset) % len(files)
            results[offset, k] = load_image(files[k], max_pixels=10**4 + offset)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6 * len(files)
    assert warnings.filters == filters
    assert all((pixels == expected[k]).all() for (_, k), pixels in results.items())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python 3.12 warns of what this test is about
def test_forking_while_another_thread_decodes():
    with imagefiles.strict_pillow, imagefiles.pixel_limit(1000):
        child = os.fork()
        if child == 0:
            load_image(encode(np.zeros((2, 2, 3), np.uint8), "PNG"))
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_errors_cross_process_borders():
    error = pickle.loads(pickle.dumps(ImageError("truncated", "It ends early.")))
    assert (error.reason, error.detail) == ("truncated", "It ends early.")
    assert Image.DecompressionBombError in IMAGE_ERRORS


# Resizing.


def test_resize_cover_takes_the_middle():
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 10:20] = 200
    assert (resize_cover(image, 10) == 200).all()
    assert (resize_cover(image.transpose(1, 0, 2), 10) == 200).all()
    image[:, 5:25] = 200  # the edges see 4 pixels beyond the square when it is halved
    assert (resize_cover(image, 5) == 200).all()
    assert resize_cover(image, 64).shape == (64, 64, 3)


def test_resize_cover_splits_an_odd_remainder():
    image = np.zeros((1, 2, 3), np.uint8)
    image[0, 0] = 100
    assert resize_cover(image, 1).tolist() == [[[50, 50, 50]]]


def test_resize_contain_sizes():
    image = scene(300, 200)
    assert resize_contain(image, 150).shape == (100, 150, 3)
    assert resize_contain(image.transpose(1, 0, 2), 150).shape == (150, 100, 3)
    assert resize_contain(image, 300) is not image
    assert (resize_contain(image, 300) == image).all()
    assert (resize_contain(image, 10_000) == image).all()
    assert resize_contain(np.zeros((1, 1000, 3), np.uint8), 10).shape == (1, 10, 3)


def test_resizing_does_not_alias():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(resize_cover(stripes, 32).astype(int) - 127.5)[:, 2:-2].max() <= 1
    assert np.abs(resize_contain(stripes, 32).astype(int) - 127.5)[:, 2:-2].max() <= 1


@pytest.mark.parametrize("resize", [resize_cover, resize_contain])
def test_resize_keeps_its_input_and_repeats_itself(resize):
    image = scene(90, 70)
    image.setflags(write=False)
    assert (resize(image, 20) == resize(image, 20)).all()
    for wrong in (image[..., 0], image.astype(float), np.zeros((0, 3, 3), np.uint8), np.zeros((4, 4, 4), np.uint8)):
        with pytest.raises(InputError, match="uint8 array"):
            resize(wrong, 20)
    with pytest.raises(InputError, match="at least 1"):
        resize(image, 0)


@pytest.mark.parametrize("options", [{"min_side": 0}, {"max_pixels": 0}])
def test_nonsense_limits(options):
    with pytest.raises(InputError, match="at least 1"):
        load_image(encode(scene(), "PNG"), **options)


# Inspection.


def test_record_of_a_file(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(flat((255, 255, 255), size=(60, 40)), "JPEG", quality=83, exif=exif(6)))
    record = inspect_image(path)
    import hashlib

    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record.bytes == path.stat().st_size
    assert (record.width, record.height, record.format, record.mode) == (40, 60, "JPEG", "RGB")
    assert (record.jpeg_quality, record.greyscale, record.brightness) == (83, True, 1.0)
    assert record.dhash == "0" * 16
    thumbnail = Image.open(io.BytesIO(record.thumbnail))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (40, 60))
    assert record == inspect_image(path)
    assert record == pickle.loads(pickle.dumps(record))
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.width = 1


def test_thumbnail_size():
    record = inspect_image(encode(scene(600, 400), "JPEG"))
    assert Image.open(io.BytesIO(record.thumbnail)).size == (256, 171)
    record = inspect_image(encode(scene(60, 40), "PNG"), thumbnail=30)
    assert Image.open(io.BytesIO(record.thumbnail)).size == (30, 20)


@pytest.mark.parametrize("quality", [*range(1, 101, 3), 49, 50, 51, 75, 95, 99, 100])
def test_jpeg_quality_of_the_ijg_encoder(quality):
    assert inspect_image(encode(scene(16, 16), "JPEG", quality=quality)).jpeg_quality == quality


def test_jpeg_quality_of_grey_foreign_and_other_files():
    assert inspect_image(encode(flat(9, "L"), "JPEG", quality=42)).jpeg_quality == 42
    assert inspect_image(encode(scene(), "PNG")).jpeg_quality is None
    # A table of ones is quality 100; one of 16s throughout lies nearest to the tables around 85.
    assert inspect_image(encode(scene(), "JPEG", qtables=[[1] * 64, [1] * 64])).jpeg_quality == 100
    assert 70 <= inspect_image(encode(scene(), "JPEG", qtables=[[16] * 64, [16] * 64])).jpeg_quality <= 95


def test_greyscale_is_measured():
    grey = Image.fromarray(scene(80, 60)).convert("L")
    assert inspect_image(encode(grey, "PNG")).greyscale is True
    assert inspect_image(encode(grey.convert("RGB"), "JPEG", quality=60)).greyscale is True
    assert inspect_image(encode(scene(80, 60), "JPEG")).greyscale is False
    sepia = np.asarray(grey.convert("RGB")).astype(float) * [1.0, 0.9, 0.75]
    assert inspect_image(encode(sepia.astype(np.uint8), "PNG")).greyscale is False
    array = np.full((100, 100, 3), 90, np.uint8)
    array[0, :] = RED  # 1 % of the pixels
    assert inspect_image(encode(array, "PNG")).greyscale is True
    array[1, :10] = RED
    assert inspect_image(encode(array, "PNG")).greyscale is False
    array[:] = 90, 98, 90
    assert inspect_image(encode(array, "PNG")).greyscale is True
    array[:] = 90, 99, 90
    assert inspect_image(encode(array, "PNG")).greyscale is False


def test_brightness_is_mean_luma():
    assert inspect_image(encode(flat((0, 0, 0)), "PNG")).brightness == 0.0
    half = np.zeros((10, 10, 3), np.uint8)
    half[:5] = 255
    assert inspect_image(encode(half, "PNG")).brightness == 0.5
    assert inspect_image(encode(flat(GREEN), "PNG")).brightness == pytest.approx(0.587, abs=0.003)


def test_dhash_by_hand():
    # 9 columns that rise, fall or stay: bit 1 where the right neighbour is brighter.
    row = [10, 20, 20, 5, 30, 40, 50, 60, 0]
    array = np.repeat(np.repeat(np.tile(np.array(row, np.uint8), (8, 1))[..., None], 3, axis=2), 1, axis=0)
    assert inspect_image(encode(array, "PNG")).dhash == "9e" * 8  # 1 0 0 1 1 1 1 0
    assert inspect_image(encode(array[:, ::-1], "PNG")).dhash == "84" * 8  # 1 0 0 0 0 1 0 0


def test_dhash_survives_saving_and_scaling():
    array = np.asarray(Image.fromarray(scene(12, 9, seed=8)).resize((480, 360), Image.Resampling.BICUBIC))
    hashes = [
        inspect_image(encode(array, "PNG")).dhash,
        inspect_image(encode(array, "JPEG", quality=40)).dhash,
        inspect_image(encode(resize_contain(array, 200), "JPEG")).dhash,
    ]
    bits = [int(value, 16) for value in hashes]
    assert all((bits[0] ^ other).bit_count() <= 6 for other in bits)
    assert (bits[0] ^ int(inspect_image(encode(scene(480, 360, seed=9), "PNG")).dhash, 16)).bit_count() > 10


def test_refusing_takes_little_memory():
    data = hazards.declare_tiff_size(encode(scene(), "TIFF"), 90_000, 60_000)
    tracemalloc.start()
    assert reason(data) == "too large"
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
