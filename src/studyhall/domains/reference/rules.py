"""How names are compared, and how the regions of the city data are matched with ISO 3166-2. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

# Letters that no decomposition takes apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "e"}
)
_MARKS = "’'ʻ`´ʼ′‘\""
_GAPS = re.compile(r"[\W_]+")
# The same as the two above for ASCII, where it is about four times as fast; most names are.
_ASCII = str.maketrans({chr(n): None if chr(n) in _MARKS else " " for n in range(128) if not chr(n).isalnum()})
_NO_MARKS = str.maketrans(dict.fromkeys(_MARKS))
_COMMON_WORDS = frozenset({"province", "state", "region", "oblast", "sheng", "of", "de", "del", "la", "do"})

# Countries whose regions carry the ISO codes in the city data already.
SAME_CODES = frozenset({"BE", "CH", "GB", "ME", "UG", "US"})


def fold(text: str) -> str:
    """The text as it is compared: lower case, without accents and punctuation, one space between words.

    Idempotent; scripts other than Latin stay as they are.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    folded = text.translate(_NO_MARKS)
    for _ in range(2):  # decomposing can bring forth capital letters, e.g. of mathematical alphabets
        folded = unicodedata.normalize("NFKD", folded.casefold())
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_LETTERS)
    folded = unicodedata.normalize("NFC", folded)
    return _GAPS.sub(" ", folded.translate(_NO_MARKS)).strip()


@dataclass(frozen=True, slots=True)
class Place:
    """A city as the data has it.

    Attributes:
        region: the data's own code of its first-level region.
        folded: its names, folded, its own name first.
    """

    country: str
    region: str
    population: int
    folded: Sequence[str]

    def own_name(self) -> frozenset[str]:
        """Its name, folded."""
        return frozenset({self.folded[0]})

    def names(self) -> frozenset[str]:
        """All its names, folded."""
        return frozenset(self.folded)


def parse_state_cities(text: str) -> dict[str, str]:
    """Read `COUNTRY: CODE City, CODE City` lines into ISO 3166-2 code -> folded city name."""
    cities: dict[str, str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        country, _, pairs = line.partition(":")
        for pair in pairs.split(","):
            code, city = pair.strip().split(" ", 1)
            cities[f"{country}-{code}"] = fold(city)
    return cities


def match_regions(
    places: Iterable[Place], states: Mapping[str, str], state_cities: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """Find the ISO 3166-2 code of each region of the city data: (country, region) -> code.

    The data numbers most regions in its own way and does not name them. A region is recognised, in this order, by its
    code where that is the ISO one; by a city that is known to lie in the subdivision; by its largest city bearing the
    subdivision's name. What is not recognised is left out, and no two regions get one code.

    Args:
        states: first-level code -> name.
        state_cities: code -> folded name of a city that lies in it; of cities of one name the largest is meant.
    """
    largest_first = sorted(places, key=lambda place: -place.population)
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()

    def assign(place: Place, code: str) -> None:
        if (place.country, place.region) not in found and code not in taken:
            found[place.country, place.region] = code
            taken.add(code)

    wanted: dict[tuple[str, str], str] = {(code[:2], city): code for code, city in state_cities.items()}
    for place in largest_first:
        if place.country in SAME_CODES and f"{place.country}-{place.region}" in states:
            assign(place, f"{place.country}-{place.region}")
    # Own names before other names: Tolyatti was once called Stavropol, and is larger.
    for names_of in (Place.own_name, Place.names):
        for place in largest_first:
            for name in names_of(place):
                code = wanted.pop((place.country, name), None)
                if code is not None:
                    assign(place, code)
    _match_by_name(largest_first, states, found, assign)
    return found


def _match_by_name(
    largest_first: Sequence[Place],
    states: Mapping[str, str],
    found: Mapping[tuple[str, str], str],
    assign: Callable[[Place, str], None],
) -> None:
    by_country: dict[str, dict[str, str]] = defaultdict(dict)
    for code, name in states.items():
        for part in re.split(r"[\[\]/,()]", name):
            by_country[code[:2]].setdefault(_bare(part), code)
    seen: set[tuple[str, str]] = set()
    for place in largest_first:
        region = (place.country, place.region)
        if region in seen or region in found:
            continue
        seen.add(region)
        names = by_country[place.country]
        for name in sorted(place.names()):
            if _bare(name) in names:
                assign(place, names[_bare(name)])
                break


def _bare(name: str) -> str:
    return " ".join(word for word in fold(name).split() if word not in _COMMON_WORDS) or fold(name)
