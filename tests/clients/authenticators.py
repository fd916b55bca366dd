"""Authenticator applications: codes by `pyotp`, pictures read by `zxing-cpp`."""

import struct
import time
import zlib

import pyotp
import zxingcpp

STEP = 30
# What a command may take from a code to its use, in seconds.
LITTLE = 5


def read_png(data):
    """The rows of a PNG of grey pixels, one byte each. Whatever the format allows beyond that is refused."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        chunks[kind] = chunks.get(kind, b"") + body
        at += 12 + length
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (colour, rest, depth in (1, 8), b"IEND" in chunks) == (0, [0, 0, 0], True, True)
    packed = zlib.decompress(chunks[b"IDAT"])
    stride = (width * depth + 7) // 8
    assert len(packed) == height * (stride + 1)
    rows = [packed[row * (stride + 1) :][: stride + 1] for row in range(height)]
    assert all(row[0] == 0 for row in rows), "a filter that is not read here"
    if depth == 8:
        return [row[1:] for row in rows]
    return [bytes(255 * (row[1 + x // 8] >> (7 - x % 8) & 1) for x in range(width)) for row in rows]


def scan(png):
    """What a telephone reads from the picture."""
    rows = read_png(png)
    picture = memoryview(b"".join(rows)).cast("B", shape=[len(rows), len(rows[0])])
    [found] = zxingcpp.read_barcodes(picture)
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


class Authenticator:
    """One virtual device: its codes, each handed out once."""

    def __init__(self, seed):
        self.totp = pyotp.TOTP(seed)
        self.last = 0

    def at_step(self, step):
        return self.totp.at(step * STEP)

    def pair(self):
        """Two codes in a row, as old as a person's may be: the present one stays unused. A step later they would say that the device's
        clock is behind, so what little is left of a step is waited for."""
        left = STEP - time.time() % STEP
        if left < LITTLE:
            time.sleep(left)
        now = int(time.time()) // STEP
        self.last = now - 1
        return self.at_step(now - 2), self.at_step(now - 1)

    def code(self):
        """A code that was not used before; of the steps that a server takes, the earliest. Waits if there is none."""
        while True:
            now = int(time.time()) // STEP
            step = max(self.last + 1, now)
            if step <= now + 1:
                self.last = step
                return self.at_step(step)
            time.sleep(0.5)
