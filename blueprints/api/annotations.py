"""Annotations: find, make (Graphite's form as well), change, delete, and their tags."""

from typing import Any

from flask import Response, request

from core.access import Actor
from schemas.annotations import AnnotationChange, GraphiteEvent, MassDelete, NewAnnotation
from schemas.base import ErrorReply, Message
from services import annotations
from services.annotations import Note, Wanted
from web import paging
from web.access import can
from web.operation import Operations
from web.responses import answer, said

api = Operations("annotations", __name__, url_prefix="/api/annotations")
_ERRORS = {400: ErrorReply, 401: ErrorReply, 403: ErrorReply}
_READ = can("annotations:read", of=annotations.by_id)
_WRITE = can("annotations:write", of=annotations.by_id)
_SEARCH = {
    "from": "integer", "to": "integer", "userId": "integer", "alertId": "integer", "dashboardId": "integer",
    "dashboardUID": "string", "panelId": "integer", "limit": "integer", "tags": "array", "type": "string",
    "matchAny": "boolean",
}  # fmt: skip


@api.operation(
    "GET",
    "",
    id="getAnnotations",
    access=can("annotations:read"),
    query=_SEARCH,
    replies={200: None, **_ERRORS},
)
def find_annotations(actor: Actor) -> Response:
    """Find annotations by time, place, person and tags."""
    uid = request.args.get("dashboardUID", "")
    wanted = Wanted(
        time_from=paging.first("from"),
        time_to=paging.first("to"),
        dashboard_id=annotations.dashboard_named(actor, uid) if uid else paging.first("dashboardId"),
        panel_id=paging.first("panelId"),
        alert_id=paging.first("alertId"),
        user_id=paging.first("userId"),
        kind=request.args.get("type", ""),
        tags=tuple(dict.fromkeys(request.args.getlist("tags"))),
        match_any=paging.flag("matchAny"),
        limit=paging.number("limit", annotations.LIMIT),
    )
    return answer([annotations.shown(row) for row in annotations.listed(actor, wanted)])


@api.operation(
    "POST",
    "",
    id="postAnnotation",
    access=can("annotations:create"),
    body=NewAnnotation,
    replies={200: Message, **_ERRORS},
)
def create_annotation(actor: Actor, body: dict[str, Any]) -> Response:
    """Annotate the organisation, a dashboard or a panel."""
    place = {name: body.pop(name) for name in ("dashboard_id", "dashboard_uid", "panel_id")}
    return said("Annotation added", id=annotations.create(actor, Note(**body), **place))


@api.operation(
    "POST",
    "/graphite",
    id="postGraphiteAnnotation",
    access=can("annotations:create", of=annotations.of_organization),
    body=GraphiteEvent,
    replies={200: Message, **_ERRORS},
)
def create_graphite(actor: Actor, kind: str, body: dict[str, Any]) -> Response:
    """Take an event in Graphite's form."""
    del kind
    if not body["what"]:
        raise annotations.NotSaved("Failed to save Graphite annotation")
    text = f"{body['what']}\n{body['data']}" if body["data"] else body["what"]
    note = Note(text, time=body["when"] * 1000, tags=GraphiteEvent().tag_list(body["tags"]))
    return said("Graphite annotation added", id=annotations.create(actor, note))


@api.operation(
    "POST",
    "/mass-delete",
    id="massDeleteAnnotations",
    access=can("annotations:delete"),
    body=MassDelete,
    replies={200: Message, **_ERRORS},
)
def mass_delete(actor: Actor, body: dict[str, Any]) -> Response:
    """Delete one annotation, those of a panel, or those of the organisation."""
    if body["annotation_id"]:
        annotations.remove(actor, annotations.find(actor, body["annotation_id"]))
        return said("Annotations deleted")
    number = body["dashboard_id"]
    if body["dashboard_uid"]:
        try:
            number = annotations.dashboard_named(actor, body["dashboard_uid"])
        except annotations.NoSuchDashboard:
            raise MassDelete().refused("dashboardUID") from None
    annotations.remove_many(actor, number, body["panel_id"])
    return said("Annotations deleted")


@api.operation(
    "GET",
    "/tags",
    id="getAnnotationTags",
    access=can("annotations:read"),
    query={"tag": "string", "limit": "string"},
    replies={200: None, **_ERRORS},
)
def list_tags(actor: Actor) -> Response:
    """List the tags of annotations, with how many carry each."""
    part, limit = request.args.get("tag", ""), paging.number("limit", annotations.LIMIT)
    return answer({"result": {"tags": annotations.tags_listed(actor, part, limit)}})


@api.operation(
    "GET",
    "/<annotation_id>",
    id="getAnnotationByID",
    access=_READ,
    replies={200: None, 404: ErrorReply, **_ERRORS},
)
def get_annotation(actor: Actor, annotation: Any) -> Response:
    """Return an annotation."""
    del actor
    return answer(annotations.shown(annotation, with_dashboard=False))


@api.operation(
    "PUT",
    "/<annotation_id>",
    id="updateAnnotation",
    access=_WRITE,
    body=AnnotationChange,
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def put_annotation(actor: Actor, annotation: Any, body: dict[str, Any]) -> Response:
    """Put other words in place of an annotation's."""
    body.pop("id")
    annotations.replace(actor, annotation, Note(**body))
    return said("Annotation updated")


@api.operation(
    "PATCH",
    "/<annotation_id>",
    id="patchAnnotation",
    access=_WRITE,
    body=AnnotationChange,
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def patch_annotation(actor: Actor, annotation: Any, body: dict[str, Any]) -> Response:
    """Change what is given of an annotation."""
    body.pop("id")
    annotations.change(actor, annotation, **body)
    return said("Annotation patched")


@api.operation(
    "DELETE",
    "/<annotation_id>",
    id="deleteAnnotationByID",
    access=can("annotations:delete", of=annotations.by_id),
    replies={200: Message, 404: ErrorReply, **_ERRORS},
)
def delete_annotation(actor: Actor, annotation: Any) -> Response:
    """Delete an annotation."""
    annotations.remove(actor, annotation)
    return said("Annotation deleted")
