"""Writes image files of every kind, and what Pillow decodes them to, beside itself.

pip install pillow numpy; python make.py. Written with Pillow 13.0.0. NAME.raw holds the
pixels that Decode should give: the size as three little-endian 32-bit integers, height,
width and channels, then bytes, with EXIF's orientation applied, transparency over
white, and 16 bits cut to the upper 8.
"""

import pathlib
import struct

import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
H, W = 24, 33
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x + y) * 255 // (H + W - 2)], -1).astype(np.uint8)
smooth[4:12, 5:14] = [200, 30, 60]  # not the same from any side
alpha = (255 * np.clip((x - 4) / 20, 0, 1)).astype(np.uint8)
rgb = Image.fromarray(smooth)
grey = rgb.convert("L")
rgba = Image.fromarray(np.dstack([smooth, alpha]))


def raw(name, image):
    a = np.asarray(image)
    a = a[:, :, None] if a.ndim == 2 else a
    assert a.dtype == np.uint8 and a.shape[2] in (1, 3)
    (here / (name + ".raw")).write_bytes(struct.pack("<3i", *a.shape) + a.tobytes())


def white(image):
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image).convert("RGB")


def write(name, image, want=None, **options):
    image.save(here / name, **options)
    if want is None:
        want = ImageOps.exif_transpose(Image.open(here / name))
        want = want if want.mode in ("L", "RGB") else want.convert("RGB")
    raw(name, want)


write("grey.jpg", grey, quality=92)
write("444.jpg", rgb, quality=92, subsampling=0)
write("422.jpg", rgb, quality=92, subsampling=1)
write("420.jpg", rgb, quality=92, subsampling=2)
write("progressive.jpg", rgb, quality=92, subsampling=0, progressive=True)
write("cmyk.jpg", rgb.convert("CMYK"), quality=95)
for k in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = k
    write(f"orientation{k}.jpg", grey, quality=92, exif=exif)
    if k == 6:
        write("orientation6.png", rgb, exif=exif)
        write("orientation6.webp", rgb, exif=exif, lossless=True)
        write("orientation6.tif", rgb, tiffinfo={0x0112: k})

write("grey.png", grey)
write("rgb.png", rgb)
write("rgba.png", rgba, white(rgba))
write("greyalpha.png", rgba.convert("LA"), white(rgba.convert("LA")).convert("L"))
write("palette.png", rgb.quantize(16), rgb.quantize(16).convert("RGB"))
write("bits1.png", grey.convert("1"), grey.convert("1").convert("L"))
deep = (np.asarray(grey).astype(np.uint16) * 256 + 77)
write("grey16.png", Image.fromarray(deep), Image.fromarray((deep >> 8).astype(np.uint8)))
write("grey16.tif", Image.fromarray(deep), Image.fromarray((deep >> 8).astype(np.uint8)))
second = ImageOps.mirror(rgb)
write("animated.gif", rgb.quantize(64), rgb.quantize(64).convert("RGB"), save_all=True, append_images=[second.quantize(64)])
write("grey.gif", grey, grey)
write("lossy.webp", rgb, quality=95)
write("lossygrey.webp", grey.convert("RGB"), quality=95)
write("lossyred.webp", Image.new("RGB", (W, H), (200, 30, 60)), quality=95)  # one colour: no way of smoothing shows
write("lossyblue.webp", Image.new("RGB", (W, H), (0, 0, 255)), quality=95)
rgba.save(here / "lossyalpha.webp", quality=95)
raw("lossyalpha.webp", white(Image.open(here / "lossyalpha.webp")))
rgb.save(here / "animated.webp", save_all=True, append_images=[second])  # no pixels: Decode says that it is not read
write("lossless.webp", rgb, lossless=True)
write("rgb.bmp", rgb)
write("grey.bmp", grey)
write("palette.bmp", rgb.quantize(16), rgb.quantize(16).convert("RGB"))
write("rgb.tif", rgb)
write("lzw.tif", rgb, compression="tiff_lzw")
write("deflate.tif", rgb, compression="tiff_adobe_deflate")
write("rgba.tif", rgba, white(rgba))
rgb.convert("CMYK").save(here / "cmyk.tif")  # no pixels: Decode says that it is not read

big = np.random.default_rng(1).integers(0, 256, (61, 47, 3), dtype=np.uint8)
big[20:40, 10:30] = [250, 10, 128]
big = Image.fromarray(big)
raw("resize", big)
for name, (h, w) in {"down": (16, 13), "up": (90, 100), "mixed": (31, 80)}.items():
    for suffix, image in (("", big), ("-grey", big.convert("L"))):
        # across, then down: which comes first, and is rounded, depends on the sizes in Pillow
        across = image.resize((w, image.height), Image.Resampling.BILINEAR)
        raw(f"resize-{name}{suffix}", across.resize((w, h), Image.Resampling.BILINEAR))
