"""Granian, our web server, inside the process that watches over everything."""

import os
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer
from starlette.types import ASGIApp

from studyhall.entrypoints import http
from studyhall.entrypoints.cli.supervision import STOP_SECONDS, Companions
from studyhall.platform.embedded.process import end_with_parent
from studyhall.platform.settings import Settings


class WebServer(MPServer):
    """Granian, which tells the companions to stop at once when it is told to, so that all stop at the same time."""

    companions: Companions

    def signal_handler_interrupt(self, *arguments: object, **options: object) -> None:
        self.companions.ask_to_stop()
        self.interrupt_signal = True
        self.main_loop_interrupt.set()


def run(settings: Settings, companions: Companions) -> None:
    """Granian in this process, its workers forked from it; returns after an orderly stop."""
    parent = os.getpid()

    def load(_target: str) -> ASGIApp:
        end_with_parent(parent)
        return http.create_app()

    server = WebServer(
        "studyhall",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.server_workers,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.companions = companions
    try:
        server.serve(target_loader=load)
    except SystemExit as ending:
        if ending.code:
            sys.stderr.write("studyhall: the web server ended with an error; what it logged above says why.\n")
            raise
