"""Ending payments of people who are gone, and forgetting old calls."""

from datetime import timedelta

from studyhall.domains.billing.models import GatewayCall
from studyhall.platform import clock
from studyhall.platform.jobs import JobRun, job, periodic
from studyhall.platform.privacy import drop_over

KEPT = timedelta(days=90)
"""Gateways send an event again for days; signatures are refused after minutes."""


@job("billing.end_payment")
async def end_payment(run: JobRun, *, gateway: str, subscription: str) -> None:
    """Nobody pays for an account that was erased. Ending it again is fine."""
    payments = run.resources.payments
    if payments.name == gateway:
        await payments.cancel(subscription)


@periodic("billing.forget", "52 3 * * *", timeout=1800)
async def forget(run: JobRun) -> None:
    """Delete calls that are too old to come again."""
    await drop_over(run, GatewayCall, GatewayCall.received_at <= clock.now() - KEPT)
