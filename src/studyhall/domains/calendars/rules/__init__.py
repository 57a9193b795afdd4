"""Calendar text into occurrences, titles into classes, dates into series and back."""
