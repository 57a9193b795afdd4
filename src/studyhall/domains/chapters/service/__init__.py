"""Use cases of chapters: writing them, ordering them, their images, reading, completing, and whole courses at once."""
