"""Figures and remarks in the reader's words: the texts lie in `templates/texts/<language>.toml`, numbers and dates are
written as the language does. A new language is a new file with the same keys."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from studyhall.domains.reports.rules.remarks import Remark

FALLBACK = "en"
_TEXTS = files("studyhall.domains.reports") / "templates" / "texts"


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Languages that there are words for."""
    return frozenset(one.name.removesuffix(".toml") for one in _TEXTS.iterdir() if one.name.endswith(".toml"))


@lru_cache(maxsize=32)
def texts(language: str) -> Mapping[str, Any]:
    """All words of one of `languages()`."""
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Words:
    """One reader's language.

    Attributes:
        locale: of dates and numbers; of the words' language, with the reader's region where Babel knows it.
    """

    language: str
    locale: Locale
    texts: Mapping[str, Any]

    @classmethod
    def of(cls, wanted: str) -> "Words":
        """The best words we have for a tag like `de-AT`."""
        tag = wanted.replace("_", "-")
        primary = tag.split("-", maxsplit=1)[0].lower()
        language = primary if primary in languages() else FALLBACK
        return cls(language, _locale(tag if language == primary else language), texts(language))

    def remark(self, remark: Remark) -> str:
        """One highlight or piece of advice as a sentence."""
        said = self.texts["remarks"][remark.code]
        if isinstance(said, Mapping):
            said = self._form(said, int(remark.values["count"]))
        return str(said).format_map({name: self._value(name, value) for name, value in remark.values.items()})

    def _form(self, forms: Mapping[str, str], count: int) -> str:
        """The text for one, for a few, for many, as the language distinguishes."""
        return forms.get(self.locale.plural_form(count), forms["other"])

    def plural(self, forms: Mapping[str, str], count: int) -> str:
        """A text that counts something."""
        return self._form(forms, count).format(count=self.number(count))

    def _value(self, name: str, value: str | float) -> str:
        if name == "time":
            return self.time(int(value))
        if name == "day":
            return self.date(date.fromisoformat(str(value)), "EEEE")
        if name == "percent":
            return self.percent(Decimal(str(value)))
        if name in ("points", "points_before"):
            return self.number(Decimal(str(value)), "0.00")
        return str(value)

    def number(self, value: Decimal | float, pattern: str = "#,##0.##") -> str:
        return format_decimal(value, pattern, locale=self.locale)

    def percent(self, value: Decimal, *, decimals: int = 0, signed: bool = False) -> str:
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        pattern = f"+{pattern};−{pattern}" if signed else pattern
        return str(self.texts["units"]["percent"]).format(number=self.number(value, pattern))

    def time(self, seconds: int) -> str:
        """As people say it: 45 min, 3 h, 3 h 20 min."""
        whole_hours, minutes = divmod(round(seconds / 60), 60)
        units = self.texts["units"]
        parts = [units["hours"].format(number=self.number(whole_hours))] if whole_hours else []
        parts += [units["minutes"].format(number=minutes)] if minutes or not whole_hours else []
        return " ".join(parts)

    def date(self, day: date, pattern: str = "long") -> str:
        return format_date(day, pattern, locale=self.locale)


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(tag.split("-", maxsplit=1)[0].lower())
