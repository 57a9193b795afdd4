"""Routes of credentials: parse, call one service function, shape the answer."""
