"""The API's own documentation, made from the declarations."""

from flask import Response, current_app, render_template

from core.access import Actor
from web import openapi
from web.access import public
from web.operation import Operations
from web.responses import answer

api = Operations("docs", __name__)
_OPEN = "it says what could be asked, nothing of what is stored"


@api.operation("GET", "/public/api-merged.json", access=public(_OPEN), own_transactions=True)
def swagger(actor: Actor) -> Response:
    """Return the Swagger 2 document."""
    del actor
    return answer(openapi.document(current_app, "2.0"))


@api.operation("GET", "/public/openapi3.json", access=public(_OPEN), own_transactions=True)
def openapi3(actor: Actor) -> Response:
    """Return the OpenAPI 3 document."""
    del actor
    return answer(openapi.document(current_app, "3.0.3"))


@api.operation("GET", "/swagger-ui", access=public(_OPEN), own_transactions=True)
def swagger_ui(actor: Actor) -> Response:
    """Show the API with a form to try each call."""
    return _page(actor)


@api.operation("GET", "/openapi3", access=public(_OPEN), own_transactions=True)
def openapi_ui(actor: Actor) -> Response:
    """Show the API with a form to try each call."""
    return _page(actor)


def _page(actor: Actor) -> Response:
    families = openapi.families(current_app)
    theme = actor.theme or "light"
    return Response(
        render_template(
            "pages/api.html",
            families=families,
            address=openapi.address,
            actor=actor,
            title="API",
            theme=theme,
        ),
        content_type="text/html; charset=UTF-8",
    )
