"""Use cases: the bell in the app, queueing mails, and sending them."""
