"""What the API server says when it does not do as asked: every refusal is a Status object."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj


class ApiError(Exception):
    """A refusal, with all that the answer carries."""

    def __init__(self, code: int, reason: str, message: str, details: Obj | None = None) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details

    def status(self) -> Obj:
        answer: Obj = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }
        if self.details is not None:
            answer["details"] = self.details
        return answer


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field; `reason` is the API's own word for it."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


def details_of(resource: Resource, name: str = "") -> Obj:
    found: Obj = {}
    if name:
        found["name"] = name
    if resource.group:
        found["group"] = resource.group
    return found | {"kind": resource.plural}


def not_found(resource: Resource, name: str) -> ApiError:
    return ApiError(404, "NotFound", f'{resource.qualified} "{name}" not found', details_of(resource, name))


def no_such_resource() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(resource: Resource, name: str) -> ApiError:
    message = f'{resource.qualified} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, details_of(resource, name))


def conflict(resource: Resource, name: str, why: str = "") -> ApiError:
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiError(409, "Conflict", message, details_of(resource, name))


def other_uid(resource: Resource, old: Obj, wanted: str) -> ApiError:
    """409: the name is that of another object now."""
    found = old["metadata"]["uid"]
    why = f"Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}"
    return conflict(resource, old["metadata"]["name"], why)


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def forbidden(resource: Resource, name: str, why: str) -> ApiError:
    subject = f'{resource.qualified} "{name}" is forbidden' if name else f"{resource.qualified} is forbidden"
    return ApiError(403, "Forbidden", f"{subject}: {why}", details_of(resource, name))


def terminating(resource: Resource, name: str, namespace: str) -> ApiError:
    """403: nothing new may come into a namespace that is going away."""
    why = f"unable to create new content in namespace {namespace} because it is being terminated"
    error = forbidden(resource, name, why)
    said = f"namespace {namespace} is being terminated"
    cause = {"reason": "NamespaceTerminating", "message": said, "field": "metadata.namespace"}
    error.details = (error.details or {}) | {"causes": [cause]}
    return error


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def method_not_allowed() -> ApiError:
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, {})


def unsupported_media_type() -> ApiError:
    return ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def expired(message: str) -> ApiError:
    return ApiError(410, "Expired", message)


def too_large_version(wanted: int, current: int) -> ApiError:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Too large resource version: {wanted}, current: {current}"
    return ApiError(504, "Timeout", f"Timeout: {message}", {"causes": causes, "retryAfterSeconds": 1})


def timed_out() -> ApiError:
    """504: what the request waits for does not come; a client that can do without it goes on at once."""
    return ApiError(504, "Timeout", "Timeout: request did not complete within the allotted timeout", {})


def invalid(kind: str, group: str, name: str, faults: Sequence[Fault]) -> ApiError:
    """422: the document is well formed but says something impossible; one sentence for each field."""
    said = [f"{fault.field}: {fault.message}" for fault in faults]
    told = said[0] if len(said) == 1 else "[" + ", ".join(said) + "]"
    subject = f"{kind}.{group}" if group else kind
    details: Obj = {"name": name} | ({"group": group} if group else {}) | {"kind": kind}
    details["causes"] = [{"reason": f.reason, "message": f.message, "field": f.field} for f in faults]
    return ApiError(422, "Invalid", f'{subject} "{name}" is invalid: {told}', details)


def unprocessable() -> ApiError:
    """422 without a field: a patch that cannot be applied."""
    return ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {})
