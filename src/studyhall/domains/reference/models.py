"""Tables of the lists that no library can serve."""

from typing import Any
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, Integer, SmallInteger, String, Text, UniqueConstraint, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from studyhall.platform.database import Base, Identified, Timestamped


class City(Base):
    """A city of GeoNames.

    Attributes:
        state_code: ISO 3166-2; null where the data's region could not be matched.
        search_names: all its names in Latin letters, folded, each between bars: `|munich|munchen|`.
    """

    __tablename__ = "cities"

    geoname_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    country_code: Mapped[str] = mapped_column(String(2))
    state_code: Mapped[str | None] = mapped_column(String(6))
    time_zone: Mapped[str] = mapped_column(String(64))
    population: Mapped[int]
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    search_names: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_cities_country_code_population", "country_code", text("population DESC"), "geoname_id"),
        Index("ix_cities_state_code", "state_code"),
        Index("ix_cities_population", text("population DESC"), "geoname_id"),
    )


class TagGroup(Identified, Timestamped, Base):
    """The first level of the tree of tags."""

    __tablename__ = "tag_groups"

    name: Mapped[str] = mapped_column(String(1024), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(default=True, server_default=true())
    display_sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class TagCategory(Identified, Timestamped, Base):
    """The second level."""

    __tablename__ = "tag_categories"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("tag_groups.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(1024))
    description: Mapped[str | None] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(default=True, server_default=true())
    display_sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))

    __table_args__ = (UniqueConstraint("group_id", "name"),)


class Tag(Identified, Timestamped, Base):
    """The third level: what a person can put on himself.

    Attributes:
        synonyms: other words for it, as a list of texts.
    """

    __tablename__ = "tags"

    category_id: Mapped[UUID] = mapped_column(ForeignKey("tag_categories.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(128))
    description: Mapped[str | None] = mapped_column(Text)
    synonyms: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    image_url: Mapped[str | None] = mapped_column(String(1024))
    display_sequence: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))

    __table_args__ = (UniqueConstraint("category_id", "name"),)
