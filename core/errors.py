"""Faults of the domain: each knows its HTTP status and how it reads, and nothing of HTTP itself."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A request that cannot be done, with the words for whoever asked.

    status: HTTP status. code: the `status` member of Grafana's 5.x envelope, when the error has one.
    traced: the answer carries an empty `traceID`, as recorded where an underlying error stood behind it.
    early: refused before a route was reached; such answers name their charset, as recorded.
    field: the input field at fault, so that a form can show the words beside it.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = ""
    message: ClassVar[str] = "Internal Server Error"
    traced: ClassVar[bool] = False
    early: ClassVar[bool] = False

    def __init__(self, message: str = "", *, field: str = "", traced: bool | None = None) -> None:
        self.text = message or self.message
        self.field = field
        self.has_trace = self.traced if traced is None else traced
        super().__init__(self.text)

    def body(self) -> dict[str, Any]:
        """Return the members of the JSON answer."""
        members: dict[str, Any] = {"message": self.text}
        if self.code:
            members["status"] = self.code
        if self.has_trace:
            members["traceID"] = ""
        return members


class BadRequest(DomainError):
    """The input has the wrong shape or breaks a rule."""

    status = 400
    message = "bad request data"
    traced = True


class Unauthorized(DomainError):
    """Nobody is signed in, or the credential does not hold."""

    status, early = 401, True
    message = "Unauthorized"


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    status, early = 403, True
    message = "Permission denied"


class NotFound(DomainError):
    """The thing is not there, or not in the caller's organisation."""

    status = 404
    message = "Not found"


class Conflict(DomainError):
    """The change contradicts what is stored."""

    status = 409
    message = "Conflict"


class Unprocessable(DomainError):
    """The input was read and cannot be acted on."""

    status = 422
    message = "Unprocessable"


class Unavailable(DomainError):
    """Something behind us does not answer; asking again may help."""

    status = 503
    message = "The database is busy; try again"


class Structured(DomainError):
    """A refusal in the newer form, with a name for the fault."""

    name: ClassVar[str] = ""

    def body(self) -> dict[str, Any]:
        """Return the members."""
        return {"statusCode": self.status, "messageId": self.name, "message": self.text, "traceID": ""}


class AsRecorded(DomainError):
    """A fault of whoever asked that the original answers with 500; clients know it by that."""

    traced = True
