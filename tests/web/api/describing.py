"""What the API's description says, and whether something is as it says."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.builders import Workspace


def description(acme: Workspace) -> Any:
    """The OpenAPI document."""
    return acme.world.client().get("/api/openapi.json").json


def unlike(spec: Any, schema: Any, told: object) -> list[str]:
    """What of something told is not as a schema of the description has it. Objects may hold no more
    than is described."""
    checks = Draft202012Validator(
        {**schema, "components": spec["components"]}, format_checker=FormatChecker()
    )
    return [f"{error.json_path}: {error.message}" for error in checks.iter_errors(told)]


def unlike_answer(
    acme: Workspace, path: str, method: str, told: Any, *, status: str = "200"
) -> list[str]:
    """What of a route's answer is not as described, and which fields of it are left out."""
    spec = description(acme)
    answer = spec["paths"][path][method]["responses"][status]["content"]["application/json"]
    name = answer["schema"]["$ref"].rpartition("/")[2]
    missing = set(spec["components"]["schemas"][name]["properties"]) - set(told)
    wrong = unlike(spec, answer["schema"], told)
    return wrong + [f"$.{field} is missing" for field in sorted(missing)]
