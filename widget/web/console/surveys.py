"""Surveys."""

from widget.web.console.access import blueprint


@blueprint.get("/surveys")
def surveys() -> str:
    """Every survey of the workspace."""
    return "surveys"
