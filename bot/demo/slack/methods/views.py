"""views.*: modals opened with a trigger, and the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.slack import views
from bot.demo.slack.methods.call import Call, Method
from bot.demo.slack.wire import SlackError, missing

if TYPE_CHECKING:
    from bot.demo.slack.triggers import Trigger
    from bot.demo.slack.wire import Json


def _view(call: Call) -> Any:
    view = call.args.document("view", "invalid_arguments")
    if view is None:
        raise missing("view")
    views.judged(view)  # a view that is wrong does not cost the trigger
    return view


def _trigger(call: Call) -> Trigger:
    name = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not name:
        raise missing("trigger_id")
    return call.backend.triggers.exchange(name)


def open_modal(call: Call) -> Json:
    view = _view(call)
    opened = call.backend.views.open(_trigger(call).user, view)
    return {"view": call.backend.views.as_view(opened)}


def push(call: Call) -> Json:
    view = _view(call)
    pushed = call.backend.views.push(_trigger(call).user, view)
    return {"view": call.backend.views.as_view(pushed)}


def update(call: Call) -> Json:
    args, known = call.args, call.backend.views
    if not args.has("view_id") and not args.has("external_id"):
        raise missing("view_id")
    view = (
        known.find(args.text("view_id"))
        if args.has("view_id")
        else known.by_external_id(args.text("external_id"))
    )
    document = _view(call)
    if view is None:
        raise SlackError("not_found")
    return {"view": known.as_view(known.update(view, document, args.text("hash")))}


def publish(call: Call) -> Json:
    user = call.args.required("user_id")
    document = _view(call)
    if not call.workspace.app.home_tab:
        raise SlackError("not_enabled")
    if user not in call.workspace.people:
        raise SlackError("invalid_arguments", messages=["user_not_found [json-pointer:/user_id]"])
    published = call.backend.views.publish(user, document, call.args.text("hash"))
    return {"view": call.backend.views.as_view(published)}


METHODS = {
    "views.open": Method(open_modal, "T4"),
    "views.push": Method(push, "T4"),
    "views.update": Method(update, "T4"),
    "views.publish": Method(publish, "T4"),
}
