"""Files that people upload or that are made for them: the one blob layer under avatars, materials, exports and reports.

Owns `file_uploads`, the objects in the store, and the signed addresses under which they are fetched. Words: an
*upload* is a row; its *object* is the bytes in the store; a *purpose* says what a file is for and which kinds and
sizes are taken; an *address* is signed and short-lived, and whoever holds it may read the file.
"""
