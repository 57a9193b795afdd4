"""What makes provider settings complete, and how a key is shown. Pure."""

from collections.abc import Mapping
from typing import Any

ENDPOINT_NEEDED = frozenset({"ollama", "openai_compatible"})
KEY_NEEDED = frozenset({"openai", "gemini", "anthropic"})
SHORTEST_SHOWN = 16
ENDING = 4


def missing_fields(settings: Mapping[str, Any]) -> list[str]:
    """What settings lack before they can be active: a provider, a model, and the provider's endpoint or key."""
    needed = ["provider", "model"]
    if settings.get("provider") in ENDPOINT_NEEDED:
        needed.append("endpoint")
    if settings.get("provider") in KEY_NEEDED:
        needed.append("api_key")
    return [name for name in needed if not settings.get(name)]


def ending_of(key: str) -> str:
    """The last letters, by which its owner knows a key again; none of a short one."""
    return key[-ENDING:] if len(key) >= SHORTEST_SHOWN else ""


def masked(ending: str) -> str:
    """How a kept key is shown."""
    return f"••••••••{ending}"
