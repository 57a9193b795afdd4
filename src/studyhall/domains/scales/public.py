"""The door of scales for other domains. All of it is pure."""

from studyhall.domains.scales.rules import GERMAN, PERCENTAGE, SCALES, UK, US_4, Scale

__all__ = ["GERMAN", "PERCENTAGE", "SCALES", "UK", "US_4", "Scale"]
