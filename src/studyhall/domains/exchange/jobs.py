"""Packages in and out."""

from uuid import UUID

from studyhall.domains.exchange.service import exporting, importing, transfers
from studyhall.platform.jobs import JobRun, job, periodic


@job("exchange.import_course", tries=3, first_delay=30, timeout=1800)
async def import_course(run: JobRun, *, transfer_id: UUID) -> None:
    """Whole or not at all; may begin again at any point."""
    await importing.run_import(run, transfer_id)


@job("exchange.export_course", tries=3, first_delay=30, timeout=1800)
async def export_course(run: JobRun, *, transfer_id: UUID) -> None:
    """May begin again at any point."""
    await exporting.run_export(run, transfer_id)


@periodic("exchange.settle", "53 * * * *")
async def settle(run: JobRun) -> None:
    """Throw away packages a day after they were made, and close transfers whose job was given up."""
    await transfers.settle(run)
