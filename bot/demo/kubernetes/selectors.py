"""Label and field selectors: read as the API reads them, refused in its words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.demo.kubernetes.errors import bad_request
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj, labels_of

Labels = dict[str, str]
Test = Callable[[Obj], bool]


@dataclass(frozen=True)
class Requirement:
    """One condition on one label."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Labels) -> bool:
        value = labels.get(self.key)
        if self.operator == "Exists":
            return value is not None
        if self.operator == "DoesNotExist":
            return value is None
        if self.operator == "In":
            return value in self.values
        if self.operator == "NotIn":
            return value not in self.values
        return value is not None and self._compares(value)

    def _compares(self, value: str) -> bool:
        try:
            mine, theirs = int(value), int(next(iter(self.values)))
        except ValueError:
            return False
        return mine > theirs if self.operator == "Gt" else mine < theirs


def matches(requirements: list[Requirement], labels: Labels) -> bool:
    return all(requirement.holds(labels) for requirement in requirements)


def selector_of(selector: Obj | None) -> list[Requirement] | None:
    """Read a LabelSelector object; None selects nothing, an empty one everything."""
    if selector is None:
        return None
    found = [Requirement(k, "In", frozenset([v])) for k, v in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        values = frozenset(expression.get("values") or ())
        found.append(Requirement(expression.get("key", ""), expression.get("operator", ""), values))
    return found


def selects(selector: Obj | None, labels: Labels) -> bool:
    requirements = selector_of(selector)
    return requirements is not None and matches(requirements, labels)


def selector_text(selector: Obj | None) -> str:
    """Write a LabelSelector as one line, as tables and scales do."""
    if not selector:
        return "<none>" if selector is None else ""
    parts = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(sorted(expression.get("values") or ()))
        known = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}
        parts.append(known.get(expression["operator"], f"!{key}"))
    return ",".join(parts)


_TOKEN = re.compile(r"\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)")
_SPECIAL = frozenset(("==", "!=", "=", "!", "(", ")", ",", "<", ">"))
_OPERATORS = {"=": "In", "==": "In", "!=": "NotIn", "in": "In", "notin": "NotIn", ">": "Gt", "<": "Lt"}


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [match.group(1) for match in _TOKEN.finditer(text)]

    def parse(self) -> Iterator[Requirement]:
        while self._tokens:
            yield self._requirement()
            if self._tokens:
                self._expect(",", "',' or 'end of string'")
                if not self._tokens:
                    raise _unreadable("", "identifier after ','")

    def _requirement(self) -> Requirement:
        absent = self._peek() == "!"
        if absent:
            self._tokens.pop(0)
        key = self._identifier()
        if absent:
            return Requirement(key, "DoesNotExist")
        if self._peek() in ("", ","):
            return Requirement(key, "Exists")
        sign = self._tokens.pop(0)
        if sign not in _OPERATORS:
            raise _unreadable(sign, "in, notin, =, ==, !=, gt, lt")
        if sign in ("in", "notin"):
            return Requirement(key, _OPERATORS[sign], frozenset(self._values()))
        value = "" if self._peek() in ("", ",") else self._identifier()
        return Requirement(key, _OPERATORS[sign], frozenset([value]))

    def _values(self) -> Iterator[str]:
        self._expect("(", "'('")
        while self._peek() != ")":
            yield "" if self._peek() == "," else self._identifier()
            if self._peek() != ")":
                self._expect(",", "',' or ')'")
        self._tokens.pop(0)

    def _peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _identifier(self) -> str:
        token = self._tokens.pop(0) if self._tokens else ""
        if not token or token in _SPECIAL:
            raise _unreadable(token, "identifier")
        return token

    def _expect(self, token: str, wanted: str) -> None:
        if self._peek() != token:
            raise _unreadable(self._peek(), wanted)
        self._tokens.pop(0)


def _unreadable(found: str, wanted: str) -> Exception:
    return bad_request(f"unable to parse requirement: found '{found}', expected: {wanted}")


def parse_labels(text: str) -> list[Requirement]:
    """Read a selector as it stands in a query: `app=web,tier in (a,b),!gone`."""
    return list(_Parser(text).parse())


# What may be selected by, beyond the name and namespace that every kind has.
_FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "pods"): (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    ("", "events"): (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("", "nodes"): ("spec.unschedulable",),
    ("", "namespaces"): ("status.phase",),
    ("", "secrets"): ("type",),
    ("", "services"): ("spec.clusterIP", "spec.type"),
    ("apps", "replicasets"): ("status.replicas",),
    ("batch", "jobs"): ("status.successful",),
}
_SOURCES = {"source": "source.component", "status.successful": "status.succeeded"}
_DEFAULTS = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.replicas": "0"}


def parse_fields(text: str, resource: Resource) -> Test:
    """Read a field selector into a test of objects; an unknown field is refused."""
    known = ("metadata.name", "metadata.namespace", *_FIELDS.get((resource.group, resource.plural), ()))
    wanted = [_field_term(term, known) for term in text.split(",") if term]
    return lambda obj: all((_field(obj, path) == value) is same for path, same, value in wanted)


def _field_term(term: str, known: tuple[str, ...]) -> tuple[str, bool, str]:
    match = re.fullmatch(r"([^=!]+)(==|=|!=)(.*)", term)
    if match is None:
        raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    path, sign, value = match.groups()
    if path not in known:
        raise bad_request(f"field label not supported: {path}")
    return path, sign != "!=", value


def _field(obj: Obj, path: str) -> str:
    value: object = obj
    for part in _SOURCES.get(path, path).split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return _DEFAULTS.get(path, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_of(labels: str, fields: str, resource: Resource) -> Test | None:
    """Join both selectors of a query into one test; None when there is nothing to test."""
    if not labels and not fields:
        return None
    requirements = parse_labels(labels)
    suits = parse_fields(fields, resource)
    return lambda obj: matches(requirements, labels_of(obj)) and suits(obj)
