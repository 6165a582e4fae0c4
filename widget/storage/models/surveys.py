"""Surveys, their immutable versions, the sites they are shown on, and what went wrong there."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    event,
)
from sqlalchemy import true as sa_true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.storage.declarative import Base, UTCDateTime

survey_sites = Table(
    "survey_sites",
    Base.metadata,
    Column("survey_id", Integer, ForeignKey("surveys.id"), primary_key=True),
    Column("site_id", Integer, ForeignKey("sites.id"), primary_key=True),
)


class Site(Base):
    """Where surveys are shown. `origins` are like `https://shop.example`."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    origins: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Survey(Base):
    """What is asked. `draft` is edited freely; customers see the published version only."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    draft: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("survey_versions.id", use_alter=True)
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Whether /e/ links, which anybody can write, may answer it.
    accepts_unsigned: Mapped[bool] = mapped_column(default=True, server_default=sa_true())
    # `domain.asking.AskingRules` and `domain.mail_wording.MailWording` as JSON; None: the defaults.
    asking: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    mail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    sites: Mapped[list[Site]] = relationship(secondary=survey_sites, order_by=Site.name)


class SurveyVersion(Base):
    """A published copy. Responses point to the version the customer saw; it never changes."""

    __tablename__ = "survey_versions"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    number: Mapped[int] = mapped_column()
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)


@event.listens_for(SurveyVersion, "before_update")
def _refuse_changing_a_version(*_: Any) -> None:
    raise ValueError("A published version never changes; publish a new one.")


class Image(Base):
    """A logo, re-encoded by us. `id` is the SHA-256 of `data`, so its address never goes stale."""

    __tablename__ = "images"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EmbedProblem(Base):
    """Something wrong with a snippet, for the site owner: one row per distinct problem.

    `kind` is `unexpanded` (subject: the field) or `origin` (subject: the page's origin).
    """

    __tablename__ = "embed_problems"
    __table_args__ = (UniqueConstraint("survey_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    example: Mapped[str] = mapped_column(String(300))
    page: Mapped[str] = mapped_column(String(500), default="")
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)
