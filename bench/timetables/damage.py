"""What a phone, a lamp and a messenger do to a page."""

import io
import random
from collections.abc import Callable

import cv2
import numpy
from PIL import Image, ImageFilter


def none(image: Image.Image, rng: random.Random) -> Image.Image:
    return image


def rotation(image: Image.Image, rng: random.Random) -> Image.Image:
    angle = rng.choice((-1, 1)) * rng.uniform(2, 6)
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="#f2f0ea")


def perspective(image: Image.Image, rng: random.Random) -> Image.Image:
    """A camera held a little aslant: each corner moves by up to 6 % of the side."""
    width, height = image.size
    pad = 0.07
    here = numpy.float32([(0, 0), (width, 0), (width, height), (0, height)])
    there = numpy.float32(
        [
            (
                x * (1 - 2 * pad) + pad * width + rng.uniform(-0.06, 0.06) * width,
                y * (1 - 2 * pad) + pad * height + rng.uniform(-0.06, 0.06) * height,
            )
            for x, y in here
        ]
    )
    matrix = cv2.getPerspectiveTransform(here, there)
    moved = cv2.warpPerspective(
        numpy.asarray(image), matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(214, 208, 198)
    )
    return Image.fromarray(moved)


def blur(image: Image.Image, rng: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(1.2, 1.7)))


def shadow(image: Image.Image, rng: random.Random) -> Image.Image:
    """A soft shadow across the page, and the warm light of a lamp."""
    pixels = numpy.asarray(image).astype(numpy.float32)
    height, width = pixels.shape[:2]
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float32)
    lean = rng.uniform(0.3, 1.2)
    edge = (x / width + lean * y / height) - rng.uniform(0.4, 0.9) * (1 + lean) / 2
    light = 1 - 0.45 / (1 + numpy.exp(-edge * 18))
    warm = numpy.array([1.0, 0.96, 0.88], dtype=numpy.float32)
    return Image.fromarray(numpy.clip(pixels * light[..., None] * warm, 0, 255).astype(numpy.uint8))


def jpeg(image: Image.Image, rng: random.Random) -> Image.Image:
    """Sent by a messenger: three quarters of the size, quality 35."""
    smaller = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    smaller.save(packed, "JPEG", quality=35)
    return Image.open(io.BytesIO(packed.getvalue())).convert("RGB")


def photo(image: Image.Image, rng: random.Random) -> Image.Image:
    """All of it, each a little."""
    aslant = perspective(image, rng)
    noisy = numpy.asarray(shadow(aslant, rng)).astype(numpy.float32)
    noisy += numpy.random.default_rng(rng.randint(0, 2**31)).normal(0, 5, noisy.shape)
    soft = Image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8)).filter(ImageFilter.GaussianBlur(0.8))
    packed = io.BytesIO()
    soft.save(packed, "JPEG", quality=60)
    return Image.open(io.BytesIO(packed.getvalue())).convert("RGB")


DAMAGES: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "none": none,
    "rotation": rotation,
    "perspective": perspective,
    "blur": blur,
    "shadow": shadow,
    "jpeg": jpeg,
    "photo": photo,
}
