"""The API's description is an OpenAPI document that tools can read."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.builders import Workspace


def test_it_is_a_valid_openapi_3_1_document(acme: Workspace) -> None:
    spec = acme.world.client().get("/api/openapi.json").json
    assert spec is not None
    assert [str(error) for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []


def test_each_operation_has_a_name_of_its_own(acme: Workspace) -> None:
    spec = acme.world.client().get("/api/openapi.json").json
    assert spec is not None
    names = [
        operation["operationId"]
        for paths in (spec["paths"], spec["webhooks"])
        for operations in paths.values()
        for operation in operations.values()
        if "operationId" in operation
    ]
    assert len(names) == len(set(names))
