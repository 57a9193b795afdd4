"""Comparing names, and matching regions with ISO 3166-2."""

from hypothesis import given
from hypothesis import strategies as st

from studyhall.domains.reference.rules import Place, fold, match_regions, parse_state_cities


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=50))
def test_a_folded_name_cannot_break_out_of_its_bars(text: str) -> None:
    assert not set(fold(text)) & set("|%_\\'\"")


def test_folding_examples() -> None:
    assert fold("  São  Paulo ") == "sao paulo"
    assert fold("MÜNCHEN") == "munchen"
    assert fold("Saint-Étienne") == fold("saint etienne")
    assert fold("Weißenfels") == "weissenfels"
    assert fold("Łódź") == "lodz"
    assert fold("L’Aquila") == fold("L'Aquila") == "laquila"
    assert fold("Москва") == "москва"


STATES = {"XX-A": "Alphaland", "XX-B": "Betaland (Beta)", "XX-C": "Gamma Province", "US-CA": "California"}


def test_the_three_ways_to_recognise_a_region() -> None:
    places = [
        Place("US", "CA", 10, ["fresno"]),
        Place("XX", "01", 900, ["harbour", "port", "alpha city"]),
        Place("XX", "02", 500, ["elsewhere", "betaland"]),
        Place("XX", "03", 100, ["gamma"]),
        Place("XX", "04", 50, ["nowhere"]),
    ]
    found = match_regions(places, STATES, {"XX-A": "port"})
    assert found == {("US", "CA"): "US-CA", ("XX", "01"): "XX-A", ("XX", "02"): "XX-B", ("XX", "03"): "XX-C"}


def test_own_names_count_before_other_names_and_large_cities_before_small_ones() -> None:
    places = [
        Place("XX", "01", 900, ["newtown", "oldport"]),
        Place("XX", "02", 500, ["oldport"]),
        Place("XX", "03", 100, ["oldport"]),
    ]
    assert match_regions(places, STATES, {"XX-A": "oldport"}) == {("XX", "02"): "XX-A"}


_places = st.builds(
    Place,
    st.sampled_from(["XX", "US", "YY"]),
    st.sampled_from(["01", "02", "03", "CA"]),
    st.integers(0, 10),
    st.lists(st.sampled_from(["alphaland", "beta", "gamma", "port", "x"]), min_size=1, max_size=3),
)


@given(st.lists(_places, max_size=12))
def test_no_two_regions_share_a_code_and_none_leaves_its_country(places: list[Place]) -> None:
    found = match_regions(places, STATES, {"XX-A": "port", "XX-C": "x"})
    assert len(set(found.values())) == len(found)
    assert all(code.startswith(f"{country}-") and code in STATES for (country, _), code in found.items())
    assert set(found) <= {(place.country, place.region) for place in places}


def test_the_file_of_known_cities_is_read() -> None:
    text = "# comment\n\nDE: BY Munich, NW Köln\nUS: CA Los Angeles\n"
    assert parse_state_cities(text) == {"DE-BY": "munich", "DE-NW": "koln", "US-CA": "los angeles"}
