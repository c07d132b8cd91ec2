"""Reading the log of a container, as the kubelet answers it through the API server."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from aiohttp import web

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.clock import now, parse_stamp
from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.errors import ApiError, bad_request, invalid
from bot.demo.kubernetes.kubelet.container import ContainerRun
from bot.demo.kubernetes.kubelet.instance import Instance
from bot.demo.kubernetes.objects import Obj, name_of

Line = tuple[datetime, str]


async def serve_log(cluster: Cluster, request: web.Request, asked: Request, pod: Obj) -> web.StreamResponse:
    """Answer pods/log."""
    options = _Options(asked, name_of(pod))
    name = choose_container(pod, asked.query.get("container", ""))
    run = cluster.kubelet.container(pod, name)
    if run is None or run.instance is None:
        raise _not_started(cluster, pod, name)
    if options.previous:
        return _previous(run, options, pod)
    if asked.flag("follow"):
        return await _follow(cluster, request, run, options)
    return _text(options.cut(options.render(_lines(run.instance, options.scan))))


class _Options:
    """What part of the log is wanted, and in which form."""

    def __init__(self, asked: Request, pod: str) -> None:
        numbers = {key: asked.number(key) for key in ("tailLines", "sinceSeconds", "limitBytes")}
        faults = fields.at_least("tailLines", numbers["tailLines"])
        for key in ("sinceSeconds", "limitBytes"):
            if (value := numbers[key]) is not None and value < 1:
                faults.append(fields.wrong(key, value, "must be greater than 0"))
        since = asked.query.get("sinceTime")
        if since and numbers["sinceSeconds"] is not None:
            why = "at most one of `sinceTime` or `sinceSeconds` may be specified"
            faults.append(fields.forbidden_field("sinceSeconds", why))
        if faults:
            raise invalid("PodLogOptions", "", pod, faults)
        self.tail, self.limit = numbers["tailLines"], numbers["limitBytes"]
        self.since = _moment(since) if since else None
        if numbers["sinceSeconds"] is not None:
            self.since = now() - timedelta(seconds=numbers["sinceSeconds"])
        self.stamps, self.previous = asked.flag("timestamps"), asked.flag("previous")

    @property
    def scan(self) -> int | None:
        """How many of the latest lines suffice to answer; None when all are needed."""
        return self.tail + 1 if self.tail is not None else None

    def render(self, lines: list[Line]) -> str:
        chosen = [line for line in lines if self.since is None or line[0] >= self.since]
        if self.tail is not None:
            chosen = chosen[len(chosen) - self.tail :] if self.tail < len(chosen) else chosen
        return "".join(self.form(line) for line in chosen)

    def form(self, line: Line) -> str:
        return f"{_nanoseconds(line[0])} {line[1]}\n" if self.stamps else f"{line[1]}\n"

    def cut(self, text: str) -> str:
        return text if self.limit is None else text.encode()[: self.limit].decode("utf-8", "ignore")


def _moment(text: str) -> datetime:
    try:
        return parse_stamp(text)
    except ValueError as error:
        raise bad_request(
            f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
        ) from error


def choose_container(pod: Obj, wanted: str) -> str:
    """Settle which container is meant; with several, one must be named."""
    kinds = ("containers", "initContainers", "ephemeralContainers")
    names = {kind: [one["name"] for one in pod["spec"].get(kind) or ()] for kind in kinds}
    if wanted:
        if not any(wanted in some for some in names.values()):
            raise bad_request(f"container {wanted} is not valid for pod {name_of(pod)}")
        return wanted
    if len(names["containers"]) == 1:
        return str(names["containers"][0])
    choices = f"choose one of: [{' '.join(names['containers'])}]"
    if names["initContainers"]:
        choices += f" or one of the init containers: [{' '.join(names['initContainers'])}]"
    raise bad_request(f"a container name must be specified for pod {name_of(pod)}, {choices}")


def _not_started(cluster: Cluster, pod: Obj, name: str) -> ApiError:
    """Say why a container has no log: it has not begun, or nobody can be reached who has it."""
    node = pod["spec"].get("nodeName")
    if not node:
        return bad_request(f"pod {name_of(pod)} does not have a host assigned")
    if cluster.nodes.is_lost(node):
        address = f"{pod['status'].get('hostIP', node)}:10250"
        return ApiError(500, "InternalError", f"Internal error occurred: dial tcp {address}: i/o timeout", {})
    kinds = ("containerStatuses", "initContainerStatuses")
    told = (one for kind in kinds for one in pod["status"].get(kind) or () if one["name"] == name)
    waiting = next((one["state"].get("waiting") for one in told), None) or {}
    reason = waiting.get("reason", "ContainerCreating")
    if reason in ("ErrImagePull", "ImagePullBackOff"):
        reason = "trying and failing to pull image"
    return bad_request(f'container "{name}" in pod "{name_of(pod)}" is waiting to start: {reason}')


def _previous(run: ContainerRun, options: _Options, pod: Obj) -> web.Response:
    """Answer what the instance before this one wrote.

    A kubelet keeps one dead instance of each container. While the latest is dead itself, it is the one
    kept, and what is answered for the one before is a sentence, not a log, and yet a success.
    """
    before = run.previous
    if before is None:
        raise bad_request(f'previous terminated container "{run.name}" in pod "{name_of(pod)}" not found')
    if not run.running and before is not run.instance:
        return _text(f"unable to retrieve container logs for {before.id}")
    return _text(options.cut(options.render(_lines(before, options.scan))))


def _lines(instance: Instance, last: int | None) -> list[Line]:
    written = instance.lines(last)
    return [_line(instance, offset, text) for offset, text in written]


def written(instance: Instance) -> Iterator[str]:
    """Yield every line that an instance has written, as its log shows it."""
    yield from (text for _, text in _lines(instance, None))


def _line(instance: Instance, offset: float, text: str) -> Line:
    moment = instance.moment(offset)
    return moment, text.replace("{time}", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _nanoseconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def _text(text: str) -> web.Response:
    return web.Response(text=text)


async def _follow(
    cluster: Cluster, request: web.Request, run: ContainerRun, options: _Options
) -> web.StreamResponse:
    """Send the log as it is written, until the program ends or the reader leaves."""
    instance = run.instance
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    if instance is None:
        return response
    so_far = _lines(instance, None)
    sent = len(so_far)
    try:
        await response.write(options.render(so_far).encode())
        while not instance.finished and cluster.is_running:
            await cluster.clock.sleep(0.2 if cluster.clock.pace >= 0.5 else 1)
            new = list(instance.lines())[sent:]
            sent += len(new)
            for offset, text in new:
                await response.write(options.form(_line(instance, offset, text)).encode())
        await response.write_eof()
    except (ConnectionError, asyncio.CancelledError):
        pass  # the reader has gone
    return response
