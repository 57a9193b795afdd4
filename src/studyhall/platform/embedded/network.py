"""Ports of this machine."""

import socket


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now; another process may still take it first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_problem(host: str, port: int) -> OSError | None:
    """Why a server could not listen on `host` and `port`, or nothing when it could."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        return problem
    return None
