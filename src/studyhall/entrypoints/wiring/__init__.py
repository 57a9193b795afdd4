"""The only place that knows everything: routers, who reacts to what, jobs, sockets, ports, how a process opens."""

from studyhall.entrypoints.wiring.facts import SUBSCRIBERS
from studyhall.entrypoints.wiring.opening import authenticate, open_resources
from studyhall.entrypoints.wiring.parts import CHANNELS, JOBS, MESSAGES, METADATA, PERIODIC, ROUTERS, TABLES
from studyhall.entrypoints.wiring.ports import PORTS

__all__ = [
    "CHANNELS",
    "JOBS",
    "MESSAGES",
    "METADATA",
    "PERIODIC",
    "PORTS",
    "ROUTERS",
    "SUBSCRIBERS",
    "TABLES",
    "authenticate",
    "open_resources",
]
