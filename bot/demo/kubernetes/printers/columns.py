"""What a printer is made of, and what a kind without one gets: its name and its age."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.kubernetes import clock
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.printers import texts

Cells = Callable[[Obj], list[object]]


@dataclass(frozen=True)
class Column:
    """One column; those of a priority above 0 are shown only when asked for (`-o wide`)."""

    name: str
    description: str
    type: str = "string"
    priority: int = 0
    format: str = ""

    def definition(self) -> Obj:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


@dataclass(frozen=True)
class Printer:
    """The columns of a kind, and the cells that stand under them."""

    columns: tuple[Column, ...]
    cells: Cells


NAME = Column("Name", texts.ANY_NAME, format="name")
AGE = Column("Age", texts.ANY_AGE)
CONTAINERS = Column("Containers", texts.ANY_CONTAINERS, priority=1)
IMAGES = Column("Images", texts.ANY_IMAGES, priority=1)


def wide(name: str, description: str = "", kind: str = "string") -> Column:
    return Column(name, description, kind, 1)


def age_of(obj: Obj) -> str:
    return clock.age(obj["metadata"].get("creationTimestamp"))


def container_names(spec: Obj) -> str:
    return ",".join(container["name"] for container in spec.get("containers") or ())


def container_images(spec: Obj) -> str:
    return ",".join(container.get("image", "") for container in spec.get("containers") or ())


FALLBACK = Printer(
    (NAME, Column("Created At", texts.ANY_AGE, "date")),
    lambda obj: [name_of(obj), obj["metadata"].get("creationTimestamp")],
)
