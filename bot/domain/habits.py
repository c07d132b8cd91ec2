"""kubectl's verbs that are not run from a channel: why not, and what comes nearest."""

from __future__ import annotations

from bot.domain.model import Frozen


class Instead(Frozen):
    """Why a verb of kubectl's is not here, and lines that do what is mostly wanted with it."""

    why: str
    lines: tuple[str, ...] = ()


def _instead(why: str, *lines: str) -> Instead:
    return Instead(why=why, lines=lines)


_FILES = "It sends files, and a line in a channel has none."
_YOUR_MACHINE = "It is about the machine it runs on, and there is none of yours here."

NOT_HERE: dict[str, Instead] = {
    "api-resources": _instead("`get` reads any resource the server has, by any of its names.", "get all"),
    "api-versions": _instead("`cluster-info` says what the server is.", "cluster-info"),
    "apply": _instead(_FILES + " `deploy` creates or updates a deployment.", "help deploy"),
    "attach": _instead("It would hold a program's own input. `logs` shows what it prints.", "help logs"),
    "certificate": _instead("Who may enter the cluster is not decided from a channel."),
    "completion": _instead(_YOUR_MACHINE, "help"),
    "convert": _instead(_FILES),
    "cp": _instead("Files go neither in nor out. `exec POD -- cat FILE` prints one.", "help exec"),
    "debug": _instead("It would add a container to a pod. `why` says what is wrong.", "help why"),
    "diff": _instead(_FILES + " Every change is shown as a diff before it is made."),
    "edit": _instead(
        "There is no editor here. What is changed most has verbs of its own.",
        "help deploy",
        "help set image",
        "help scale",
        "help label",
    ),
    "explain": _instead("The fields of a kind stand in Kubernetes' own reference.", "help describe"),
    "kustomize": _instead(_FILES),
    "patch": _instead(
        "A raw patch cannot be judged before it is made. These show what they do.",
        "help set image",
        "help scale",
        "help label",
    ),
    "plugin": _instead(_YOUR_MACHINE, "help"),
    "port-forward": _instead("It opens a port on your machine. `proxy` makes one request.", "help proxy"),
    "replace": _instead(_FILES + " `deploy` updates a deployment.", "help deploy"),
    "run": _instead("Nothing keeps a pod of its own alive. `deploy` runs an image.", "help deploy"),
    "taint": _instead("Which nodes take pods is not decided from a channel.", "get nodes"),
    "version": _instead("`cluster-info` says what the server is.", "cluster-info"),
    "wait": _instead(
        "A change is followed by itself; `rollout status` says how far one is.", "help rollout status"
    ),
}
