"""Learning content of other people's servers: where it is listed, what it is, and how far somebody has watched.

Owns sources, items and the progress on them. Items are public to all who are signed in; a crawl adds and changes them
and never takes one away, because a feed tells only its newest.

Words:
    source: a list of content elsewhere (feed, sitemap, YouTube channel), added by an administrator.
    crawl: reading a source once.
    item: one video, page or episode.
"""
