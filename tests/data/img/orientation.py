#!/usr/bin/env python3
"""orientation.py: makes orientation_N.jpg, the same pixels with each of the eight notes of EXIF on
how the camera was held, and orientation_N_expected.png, how OpenCV reads them.

They were made with OpenCV 4.6 (python3-opencv of Debian 12), which no test needs."""

import pathlib
import struct

import cv2
import numpy

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 48, 32
CORNERS = {(0, 0): (0, 0, 255), (0, 1): (0, 255, 0), (1, 0): (255, 0, 0), (1, 1): (0, 255, 255)}


def picture():
    """A grey slope whose corners have a colour each (BGR); no edge lies where blocks of a JPEG do."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = numpy.repeat((40 + 3 * x + 2 * y)[:, :, None], 3, axis=2).astype(numpy.uint8)
    for (bottom, right), colour in CORNERS.items():
        rows = slice(-10, None) if bottom else slice(10)
        columns = slice(-13, None) if right else slice(13)
        pixels[rows, columns] = colour
    return pixels


def segment(orientation):
    """APP1 with nothing but the orientation, in both orders of bytes in turn."""
    order, name = ("<", b"II") if orientation % 2 else (">", b"MM")
    entry = struct.pack(order + "HHIHH", 0x112, 3, 1, orientation, 0)
    tiff = name + struct.pack(order + "HIH", 42, 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


jpeg = cv2.imencode(".jpg", picture(), [cv2.IMWRITE_JPEG_QUALITY, 75])[1].tobytes()
for number in range(1, 9):
    path = HERE / f"orientation_{number}.jpg"
    path.write_bytes(jpeg[:2] + segment(number) + jpeg[2:])
    expected = HERE / f"orientation_{number}_expected.png"
    cv2.imwrite(str(expected), cv2.imread(str(path)), [cv2.IMWRITE_PNG_COMPRESSION, 9])
