"""Pure rules of the index: words of a text, passages of a body, queries, spelling, merging of rankings, snippets."""
