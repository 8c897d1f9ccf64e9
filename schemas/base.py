"""How bodies are read: shape only; what a value may be is a rule of the service."""

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from core.errors import BadRequest, DomainError


class Text(fields.String):
    """Text; a number is not one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return str(super()._deserialize(value, attr, data, **kwargs))


class Whole(fields.Integer):
    """A whole number; "1", 1.5 and true are not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
            raise self.make_error("invalid")
        return value


class Flag(fields.Boolean):
    """true or false, and nothing that looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Anything(fields.Raw):
    """A JSON value that is kept as it is."""


class Body(Schema):
    """A request's JSON: unknown members are ignored, names match in any case, null is absent (as recorded)."""

    class Meta:
        """Unknown members do not count."""

        unknown = EXCLUDE

    refusal: ClassVar[str] = "bad request data"
    fault: ClassVar[type[DomainError]] = BadRequest

    def refused(self, field: str = "") -> DomainError:
        """Return the refusal of what is no such body. field: the member at fault."""
        return self.fault(self.refusal, field=field)

    def read(self, data: Any) -> dict[str, Any]:
        """Return the members by their Python names, defaults filled in. Raises BadRequest naming the first at fault."""
        if not isinstance(data, dict):
            raise self.refused()
        names = {
            str(one.data_key or name).lower(): str(one.data_key or name) for name, one in self.fields.items()
        }
        plain = {
            names.get(str(key).lower(), str(key)): value for key, value in data.items() if value is not None
        }
        try:
            read: dict[str, Any] = self.load(plain)
        except ValidationError as fault:
            first = next(iter(fault.messages_dict), "")
            raise self.refused(str(first)) from None
        return read


class ErrorReply(Schema):
    """Every refusal: what happened, for a person."""

    message = fields.String(required=True)


class Message(Schema):
    """Every plain success."""

    message = fields.String(required=True)
