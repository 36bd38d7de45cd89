"""Writes the files of this folder with numpy, and prints what is in them: python arrays.py"""

import gzip
import struct

import numpy as np

images = (np.arange(2 * 3 * 4 * 3) * 7 % 256).astype(np.uint8).reshape(2, 3, 4, 3)
contents = dict(
    images=images,
    floats=np.array([[0.5, -1.25], [3.0e-8, 65504.0]], np.float32),
    halves=np.array([[0.5, -1.25], [6.0e-8, 65504.0]], np.float16),
    doubles=np.array([[0.1, 1e300]], ">f8"),
    labels=np.array([3, -1, 1 << 40], np.int64),
    big=np.array([3, -2], ">i4"),
    shorts=np.array([65535, 1], np.uint16),
    yes=np.array([True, False, True]),
    names=np.array(["cat", "Löwe", "山猫", ""]),
    bytes=np.array([b"cat", b"dog!"]),
    number=np.array(7, np.int8),
)
np.savez("stored.npz", **contents)
np.savez_compressed("compressed.npz", **contents)
np.savez("objects.npz", meta=np.array([{"a": 1}], dtype=object))
np.savez("fortran.npz", images=np.asfortranarray(images))
np.savez("complex.npz", z=np.array([1j]))
np.savez("records.npz", r=np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
np.save("images.npy", images)
idx = struct.pack(">BBBB4I", 0, 0, 8, 4, *images.shape) + images.tobytes()
open("images-idx4-ubyte", "wb").write(idx)
gzip.GzipFile("images-idx4-ubyte.gz", "wb", mtime=0).write(idx)
open("shorts-idx2", "wb").write(struct.pack(">BBBB2I", 0, 0, 0x0B, 2, 2, 2) + np.array([[1, -2], [300, 4]], ">i2").tobytes())
