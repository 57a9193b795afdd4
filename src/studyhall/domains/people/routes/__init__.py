"""Routes of people: parse, call one service function, shape the answer."""
