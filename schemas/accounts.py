"""Bodies of service accounts, invitations, sign-up and password reset."""

from typing import ClassVar

from schemas.base import Body, Flag, Text, Whole
from schemas.orgs import NAMED, ROLE


class NewAccount(Body):
    """A service account."""

    refusal: ClassVar[str] = "Bad request data"
    name = Text(required=True, validate=NAMED)
    role = Text(load_default="Viewer", validate=ROLE)
    is_disabled = Flag(load_default=False, data_key="isDisabled")


class ChangedAccount(Body):
    """What changes of a service account."""

    refusal: ClassVar[str] = "Bad request data"
    name = Text(load_default=None)
    role = Text(load_default=None, validate=ROLE)
    is_disabled = Flag(load_default=None, data_key="isDisabled")


class NewToken(Body):
    """A token of a service account."""

    refusal: ClassVar[str] = "Bad request data"
    name = Text(required=True, validate=NAMED)
    seconds_to_live = Whole(load_default=0, data_key="secondsToLive")


class NewInvitation(Body):
    """Who is to join an organisation, by login or e-mail."""

    login_or_email = Text(required=True, validate=NAMED, data_key="loginOrEmail")
    name = Text(load_default="")
    role = Text(required=True, validate=ROLE)
    send_email = Flag(load_default=False, data_key="sendEmail")


class AcceptedInvitation(Body):
    """The account that an invitation turns into."""

    code = Text(required=True, data_key="inviteCode")
    email = Text(load_default="")
    name = Text(load_default="")
    username = Text(load_default="")
    password = Text(load_default="")
    confirm = Text(load_default="", data_key="confirmPassword")


class SignUp(Body):
    """An e-mail for which there is to be an account."""

    email = Text(load_default="")


class SignUpDone(Body):
    """The account of who signs up."""

    email = Text(load_default="")
    name = Text(load_default="")
    username = Text(load_default="")
    password = Text(load_default="")
    code = Text(load_default="")
    org_name = Text(load_default="", data_key="orgName")


class ForgottenPassword(Body):
    """Whose password is forgotten."""

    user_or_email = Text(required=True, data_key="userOrEmail")


class ResetPassword(Body):
    """A new password, with the code that was sent."""

    code = Text(required=True)
    new_password = Text(load_default="", data_key="newPassword")
    confirm = Text(load_default="", data_key="confirmPassword")
