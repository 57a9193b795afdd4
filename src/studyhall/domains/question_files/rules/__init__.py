"""Question files: bytes in, drafts and a loss report out, and back. Pure; no reader ever raises."""
