"""The door of markup."""

from studyhall.domains.markup.rules import (
    IMAGE,
    LONGEST_MARKDOWN,
    Heading,
    Rendered,
    RenderingTooLarge,
    image_name,
    render,
    with_addresses,
)

__all__ = [
    "IMAGE",
    "LONGEST_MARKDOWN",
    "Heading",
    "Rendered",
    "RenderingTooLarge",
    "image_name",
    "render",
    "with_addresses",
]
