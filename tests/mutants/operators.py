"""What a mutant is: a module of the bot with one small thing changed, as a careless hand might change it.

Those changes that alter behaviour: comparisons, conditions, numbers, lookups, results, steps left out.
Sentences stay: their wording is for people to judge. So do annotations and the words of an enum.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
_CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}
_NOTHING = {"None", "False", "''", "()", "[]", "{}"}
"""Results that nobody tells from none at all."""
_LONGEST = 90


@dataclass(frozen=True)
class Mutant:
    """One change: in which file, where, and what stands there before and after."""

    path: str
    line: int
    inside: str
    before: str
    after: str
    code: str
    """The whole module with the change in it."""
    again: int = 1
    """The same change may be possible more than once in one function."""

    @property
    def key(self) -> str:
        """A name that stays when lines move."""
        times = f" #{self.again}" if self.again > 1 else ""
        return f"{self.path} {self.inside}: {self.before} → {self.after}{times}"


@dataclass
class _Site:
    owner: ast.AST
    field: str
    at: int | None
    new: ast.AST
    shown: ast.AST
    inside: str
    line: int


def mutants(path: str, source: str) -> list[Mutant]:
    """Every mutant of one module, in the order of its lines."""
    tree = ast.parse(source)
    seen: dict[str, int] = {}
    found = []
    for site in _sites(tree, "module", tree):
        before = _shown(site.shown)
        code, after = _changed(tree, site)
        if before == after:
            continue
        key = f"{site.inside}: {before} → {after}"
        seen[key] = seen.get(key, 0) + 1
        found.append(Mutant(path, site.line, site.inside, before, after, code, seen[key]))
    return sorted(found, key=lambda mutant: mutant.line)


def _changed(tree: ast.AST, site: _Site) -> tuple[str, str]:
    """The module with the change, and the changed place alone; the tree is as before afterwards."""
    place = getattr(site.owner, site.field)
    old = place if site.at is None else place[site.at]
    _put(site, site.new)
    try:
        return ast.unparse(tree), _shown(site.shown if site.shown is not old else site.new)
    finally:
        _put(site, old)


def _put(site: _Site, node: ast.AST) -> None:
    if site.at is None:
        setattr(site.owner, site.field, node)
    else:
        getattr(site.owner, site.field)[site.at] = node


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sites(node: ast.AST, inside: str, parent: ast.AST) -> Iterator[_Site]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "format_spec", "type_params"}:
            continue
        children = value if isinstance(value, list) else [value]
        for at, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_left_alone(node, field, child):
                continue
            for new, shown in _alternatives(node, field, child):
                line = getattr(child, "lineno", getattr(node, "lineno", 0))
                yield _Site(node, field, at if isinstance(value, list) else None, new, shown, inside, line)
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from _sites(child, _join(inside, child.name) if named else inside, node)


def _join(inside: str, name: str) -> str:
    return name if inside == "module" else f"{inside}.{name}"


def _is_left_alone(parent: ast.AST, field: str, child: ast.AST) -> bool:
    if isinstance(child, ast.JoinedStr):
        return False
    if isinstance(parent, ast.JoinedStr):
        return isinstance(child, ast.Constant)
    if isinstance(child, ast.ClassDef):
        return any(isinstance(base, ast.Name) and base.id in {"StrEnum", "Protocol"} for base in child.bases)
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True
    if isinstance(parent, ast.Assign) and "__all__" in ast.unparse(parent.targets[0]):
        return True
    is_type = isinstance(parent, ast.Assign) and isinstance(child, ast.Subscript)
    is_key = isinstance(parent, ast.Subscript) and field == "slice" and _is_text(child)
    return is_type or is_key


def _alternatives(  # noqa: C901, PLR0912 - a table, a line for each kind of change
    parent: ast.AST, field: str, child: ast.AST
) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What could stand in a child's place, each with the node that shows the difference best."""
    tells = isinstance(parent, ast.Compare | ast.BinOp | ast.Call | ast.keyword)
    near = parent if tells and len(ast.unparse(parent)) <= _LONGEST else child
    match child:
        case ast.Compare(ops=[op], comparators=_) if type(op) in _COMPARED:
            yield _with(child, lambda node: setattr(node, "ops", [_COMPARED[type(op)]()])), child
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield _with(child, lambda node: setattr(node, "op", other())), child
        case ast.UnaryOp(op=ast.Not()):
            yield child.operand, child
        case ast.BinOp(op=op) if type(op) in _COUNTED and not _speaks(child):
            yield _with(child, lambda node: setattr(node, "op", _COUNTED[type(op)]())), child
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value), near
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1), near
        case ast.Constant(value=str() as value) if value and not _is_sentence(value):
            yield ast.Constant(""), near
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield _with(child, lambda node: setattr(node.func, "id", _CALLED[name])), child
        case ast.Return(value=ast.AST() as value) if ast.unparse(value) not in _NOTHING:
            yield ast.Return(ast.Constant(None)), child
        case ast.Continue() | ast.Break() | ast.AugAssign():
            yield ast.Pass(), child
        case ast.Raise() if not (child.exc and "AssertionError" in ast.unparse(child.exc)):
            yield ast.Pass(), child
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield ast.Pass(), child
    conditional = isinstance(parent, ast.If | ast.IfExp | ast.While) and field == "test"
    if (conditional or (isinstance(parent, ast.comprehension) and field == "ifs")) and not isinstance(
        child, ast.Compare | ast.BoolOp | ast.UnaryOp
    ):
        yield ast.UnaryOp(ast.Not(), child), child


def _with(node: ast.AST, change: Callable[[ast.AST], None]) -> ast.AST:
    twin = copy.copy(node)
    if isinstance(twin, ast.Call):
        twin.func = copy.copy(twin.func)
    change(twin)
    return twin


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_sentence(text: str) -> bool:
    return " " in text or "{" in text


def _speaks(node: ast.BinOp) -> bool:
    """Text put together, where any other sign would be a mistake that no test is needed to find."""
    return any(
        isinstance(side, ast.JoinedStr | ast.IfExp) or _is_text(side) for side in (node.left, node.right)
    )
