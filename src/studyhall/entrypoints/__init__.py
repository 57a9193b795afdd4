"""Where the parts are put together and run: server, sockets, worker, command line."""
