"""Photographed and printed timetables: from words with places on a page to classes. All of it is pure.

Owns nothing stored; the difference that a person confirms belongs to academics.

Words:
    sheet: a page laid flat, so that rows lie level and columns stand upright.
    edge: a straight line of a sheet, ruled or the border of a coloured field, level or upright.
    axis: the time labels along one side of a grid.
    region: a field closed by edges, whatever its shape.
"""
