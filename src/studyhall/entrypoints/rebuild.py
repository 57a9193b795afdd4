"""`studyhall rebuild`: every derived figure recomputed from what was recorded."""

import typer

from studyhall.domains.study import public as study
from studyhall.platform.resources import Resources


async def run(resources: Resources) -> None:
    """Recompute and write the figures of everybody, one person at a time, and say what was not right."""
    differences = await study.rebuild_all(resources)
    for difference in differences:
        typer.echo(difference)
    typer.echo(f"Differences mended: {len(differences)}." if differences else "Everything was right.")
