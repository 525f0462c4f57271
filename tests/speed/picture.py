"""Pictures without a library: reads a PNG as the task `img` writes it (8 bits per channel, not
interlaced), and says how far two are apart."""

import math
import struct
import zlib

MAGIC = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by type of colour; palettes are not read


class Unreadable(ValueError):
    """What is wrong with a file, to be said after "the picture"."""


def read_png(data):
    """Its shape (width, height, channels), and the bytes of its pixels, row by row."""
    try:
        parts = list(chunks(data))
        kind, header = parts[0]
        wide, high, depth, colour, *rest = struct.unpack(">IIBBBBB", header)
        if kind != b"IHDR" or depth != 8 or colour not in CHANNELS or rest != [0, 0, 0]:
            raise Unreadable("is a PNG of another kind")
        rows = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    except (struct.error, zlib.error) as error:
        raise Unreadable(f"is damaged: {error}") from error
    channels = CHANNELS[colour]
    if len(rows) != high * (1 + wide * channels):
        raise Unreadable(f"has {len(rows)} bytes in its rows")
    return (wide, high, channels), unfilter(rows, wide * channels, channels)


def chunks(data):
    """The kind and the content of each part, up to the one that ends the file."""
    if data[:8] != MAGIC:
        raise Unreadable("is not a PNG")
    place, kind = 8, b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        if checksum != zlib.crc32(kind + body):
            raise Unreadable(f"is damaged in its {kind}")
        yield kind, body
        place += 12 + length


def unfilter(rows, width, step):
    """Rows hold differences to what a filter, named by their first byte, foretells of each byte
    from those to the left, above, and to the left above (W3C, PNG, section 9)."""
    pixels, above = bytearray(), bytes(width)
    for start in range(0, len(rows), width + 1):
        foretell = FILTERS.get(rows[start])
        if foretell is None:
            raise Unreadable(f"has a row with filter {rows[start]}")
        row = bytearray(rows[start + 1 : start + 1 + width])
        for i in range(width):
            left, corner = (row[i - step], above[i - step]) if i >= step else (0, 0)
            row[i] = (row[i] + foretell(left, above[i], corner)) & 255
        pixels += row
        above = row
    return bytes(pixels)


def paeth(left, above, corner):
    """The one of the three that is nearest to left + above - corner."""
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(value - guess))


FILTERS = {
    0: lambda left, above, corner: 0,
    1: lambda left, above, corner: left,
    2: lambda left, above, corner: above,
    3: lambda left, above, corner: (left + above) // 2,
    4: paeth,
}


def decibels(ours, theirs):
    """The peak signal-to-noise ratio of as many bytes; infinite when they are the same."""
    error = sum((a - b) ** 2 for a, b in zip(ours, theirs, strict=True))
    return 10 * math.log10(255**2 * len(ours) / error) if error else math.inf
