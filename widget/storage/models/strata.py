"""What a workspace knows of its customers as a whole, and whom it compares itself with."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from widget.storage.declarative import Base


class Stratum(Base):
    """How many customers the workspace has in a group, whether they answered or not.

    `attribute` is `segment` or `client`, `name` the group's value of it.
    """

    __tablename__ = "strata"

    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    customers: Mapped[int] = mapped_column()


class NpsReference(Base):
    """Somebody else's published net promoter score. `answers` is None where nobody says of how
    many it is."""

    __tablename__ = "nps_references"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    value: Mapped[float] = mapped_column()
    source: Mapped[str] = mapped_column(String(500))
    year: Mapped[int] = mapped_column()
    answers: Mapped[int | None] = mapped_column()
