"""The door of course packages.

package, archive = read(file, name)         # in a thread; raises Refused
package.losses.report()                     # plain JSON
texts, images = written(course)             # files of a package by path, and where its images belong
"""

from studyhall.domains.course_packages.rules.archive import Archive
from studyhall.domains.course_packages.rules.own_course import OutChapter, OutCourse, slug, written
from studyhall.domains.course_packages.rules.package import (
    Kind,
    Losses,
    Package,
    PlacedDraft,
    Refused,
    link_key,
    with_ids,
)
from studyhall.domains.course_packages.rules.reading import read

__all__ = [
    "Archive",
    "Kind",
    "Losses",
    "OutChapter",
    "OutCourse",
    "Package",
    "PlacedDraft",
    "Refused",
    "link_key",
    "read",
    "slug",
    "with_ids",
    "written",
]
