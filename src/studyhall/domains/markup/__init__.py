"""Text written by people as HTML that does nothing but show it.

Owns no table: Markdown goes in, sanitised HTML, plain text, headings and the images that are called come out.

Words:
    anchor: the id of a heading in the HTML.
    image: called by a name, `image:<name>`; whoever shows the text knows where it lies.
    refused: an image of somebody else's server, which becomes a link or its text.
"""
