"""`studyhall serve`: everything that one machine needs, in the order that makes it safe."""

import gc
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console

from studyhall.entrypoints.cli.environment import completed, embedded_servers, needs_embedded, publish
from studyhall.entrypoints.cli.supervision import Companions
from studyhall.platform.embedded import SetupError
from studyhall.platform.embedded.network import free_port, port_problem
from studyhall.platform.settings import Settings

if TYPE_CHECKING:
    from studyhall.entrypoints.cli.schema import Upgrade

CONSOLE = Console(stderr=True, highlight=False, soft_wrap=True)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - names what an operator chose, binds nothing


def serve(settings: Settings) -> None:
    """Runs until SIGTERM or Ctrl-C. Exit code 1 when a part of it broke."""
    if settings.port == 0:
        settings = settings.model_copy(update={"port": free_port()})
    refuse_taken_port(settings)
    if needs_embedded(settings):
        CONSOLE.print(f"Starting the embedded servers in {settings.data_dir} …")
    servers = embedded_servers(settings)
    with servers as urls:
        # Loaded only now, so that a folder in use is refused at once.
        from studyhall.entrypoints.cli import schema, web_server

        settings = completed(settings, urls)
        report_migration(schema.upgrade(urls.database_url))
        publish(settings)
        companions = Companions(servers, job_worker(settings), CONSOLE.print)
        # A folder that was new took a while to make; somebody else may have taken the port meanwhile.
        refuse_taken_port(settings)
        companions.announce((EVERYWHERE.get(settings.host, settings.host), settings.port), partial(welcome, settings))
        # What was loaded so far stays shared between the forks as long as the collector does not touch it.
        gc.collect()
        gc.freeze()
        companions.start()
        try:
            web_server.run(settings, companions)
        finally:
            companions.stop()
    if companions.broken is not None:
        sys.exit(1)


def job_worker(settings: Settings) -> Callable[[], None] | None:
    """What the process beside the server runs, loaded now so that the two share it; nothing when it is off."""
    if not settings.embedded_worker:
        return None
    from studyhall.entrypoints import worker

    return partial(worker.main, settings)


def refuse_taken_port(settings: Settings) -> None:
    """Raises SetupError when we could not listen; granian itself would quietly share the port with another server."""
    problem = port_problem(settings.host, settings.port)
    if problem is not None:
        raise SetupError(
            f"Port {settings.port} on {settings.host} cannot be used ({problem.strerror}). Stop what uses it, or "
            "choose another with `--port` (0 takes a free one) or `--host`."
        )


def report_migration(upgrade: "Upgrade") -> None:
    if upgrade.before is None:
        CONSOLE.print(f"Made the database schema ({upgrade.after}).")
    elif upgrade.changed:
        CONSOLE.print(f"Brought the database from schema {upgrade.before} to {upgrade.after}.")


def welcome(settings: Settings) -> None:
    """Where it answers, once it does."""
    CONSOLE.print(f"Studyhall answers at [bold]{settings.base_url}[/bold]")
    CONSOLE.print(f"  API description  {settings.base_url}/docs")
    CONSOLE.print(f"  data folder      {settings.data_dir}")
    CONSOLE.print("  stop it with Ctrl-C")
