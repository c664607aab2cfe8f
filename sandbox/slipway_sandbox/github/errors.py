"""GitHub's refusals: a status, a message, sometimes field errors, in the shape every client reads.

Source: docs.github.com, REST API, "Troubleshooting the REST API" and "Client errors".
"""

from http import HTTPStatus
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class GithubError(Exception):
    """An answer other than success.

    Attributes:
        status: the HTTP status.
        message: what GitHub says.
        errors: field errors of a validation failure, each with resource, field and code.
    """

    def __init__(self, status: HTTPStatus, message: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def payload(self) -> dict[str, Any]:
        """The answer's body."""
        shape: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            shape["errors"] = self.errors
        return shape | {"documentation_url": DOCUMENTATION, "status": str(int(self.status))}


def not_found(message: str = "Not Found") -> GithubError:
    """The object does not exist, or the actor may not know that it does."""
    return GithubError(HTTPStatus.NOT_FOUND, message)


def forbidden(message: str) -> GithubError:
    """The actor sees the object but may not do this."""
    return GithubError(HTTPStatus.FORBIDDEN, message)


def conflict(message: str) -> GithubError:
    """The object is not in the state that the request expects."""
    return GithubError(HTTPStatus.CONFLICT, message)


def unprocessable(message: str) -> GithubError:
    """The request makes no sense, without a field to point at."""
    return GithubError(HTTPStatus.UNPROCESSABLE_ENTITY, message)


def invalid(resource: str, field: str, code: str, message: str = "") -> GithubError:
    """A field of the request is wrong.

    Args:
        resource: the kind of object, for example ``Repository``.
        field: the name in the request body.
        code: ``missing``, ``missing_field``, ``invalid``, ``already_exists`` or ``custom``.
        message: what is wrong, for code ``custom``.
    """
    error = {"resource": resource, "field": field, "code": code}
    if message:
        error["message"] = message
    return GithubError(HTTPStatus.UNPROCESSABLE_ENTITY, "Validation Failed", [error])
