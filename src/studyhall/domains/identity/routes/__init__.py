"""Routes of identity: parse, call one service function, shape the answer."""
