"""Calendar text into occurrences, titles into classes, dates into series and back, and two sets of classes compared."""
