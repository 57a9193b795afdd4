"""One package per subject, on the ladder of `docs/architecture.md`."""
