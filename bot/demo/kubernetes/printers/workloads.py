"""Deployments and the other kinds that keep pods running."""

from bot.demo.kubernetes import clock
from bot.demo.kubernetes.objects import Obj, condition_of, name_of
from bot.demo.kubernetes.printers import texts
from bot.demo.kubernetes.printers.columns import (
    AGE,
    CONTAINERS,
    IMAGES,
    NAME,
    Column,
    Printer,
    age_of,
    container_images,
    container_names,
    wide,
)
from bot.demo.kubernetes.selectors import selector_text


def _of_template(obj: Obj) -> list[object]:
    spec = obj["spec"]["template"]["spec"]
    return [container_names(spec), container_images(spec), selector_text(obj["spec"].get("selector"))]


def _deployment(obj: Obj) -> list[object]:
    status = obj.get("status", {})
    ready = f"{status.get('readyReplicas', 0)}/{obj['spec'].get('replicas', 0)}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [name_of(obj), ready, *counts, age_of(obj), *_of_template(obj)]


def _replica_set(obj: Obj) -> list[object]:
    status = obj.get("status", {})
    counts = [obj["spec"].get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name_of(obj), *counts, age_of(obj), *_of_template(obj)]


def _stateful_set(obj: Obj) -> list[object]:
    ready = f"{obj.get('status', {}).get('readyReplicas', 0)}/{obj['spec'].get('replicas', 0)}"
    return [name_of(obj), ready, age_of(obj), *_of_template(obj)[:2]]


def _daemon_set(obj: Obj) -> list[object]:
    status = obj.get("status", {})
    names = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    chosen = ",".join(
        f"{k}={v}" for k, v in sorted((obj["spec"]["template"]["spec"].get("nodeSelector") or {}).items())
    )
    counts = [status.get(name, 0) for name in names]
    return [name_of(obj), *counts, chosen or "<none>", age_of(obj), *_of_template(obj)]


def _job(obj: Obj) -> list[object]:
    spec, status = obj["spec"], obj.get("status", {})
    wanted = spec.get("completions")
    many = f"1 of {spec.get('parallelism', 1)}" if (spec.get("parallelism") or 1) > 1 else "1"
    done = f"{status.get('succeeded', 0)}/{many if wanted is None else wanted}"
    took = "<none>"
    if status.get("startTime"):
        end = status.get("completionTime")
        took = clock.age(status["startTime"], clock.parse_stamp(end) if end else None)
    return [
        name_of(obj),
        _job_state(obj),
        done,
        took if status.get("startTime") else "",
        age_of(obj),
        *_of_template(obj),
    ]


def _job_state(obj: Obj) -> str:
    for kind in ("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"):
        condition = condition_of(obj, kind)
        if condition and condition["status"] == "True":
            return kind
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else "Running"


def _cron_job(obj: Obj) -> list[object]:
    spec, status = obj["spec"], obj.get("status", {})
    last = clock.age(status["lastScheduleTime"]) if status.get("lastScheduleTime") else "<none>"
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    suspend = "True" if spec.get("suspend") else "False"
    head = [
        name_of(obj),
        spec["schedule"],
        spec.get("timeZone") or "<none>",
        suspend,
        len(status.get("active") or ()),
    ]
    return [*head, last, age_of(obj), container_names(pod), container_images(pod), "<none>"]


def _autoscaler(obj: Obj) -> list[object]:
    spec, status = obj["spec"], obj.get("status", {})
    target = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
    counts = [str(spec.get("minReplicas", 1)), spec["maxReplicas"], status.get("currentReplicas", 0)]
    return [name_of(obj), target, _metrics(obj), *counts, age_of(obj)]


def _metrics(obj: Obj) -> str:
    current = {
        m["resource"]["name"]: m["resource"]["current"]
        for m in obj.get("status", {}).get("currentMetrics") or ()
        if m["type"] == "Resource"
    }
    shown = []
    for metric in obj["spec"].get("metrics") or ():
        if metric["type"] != "Resource":
            shown.append("<unknown>/<auto>")
            continue
        name, target = metric["resource"]["name"], metric["resource"]["target"]
        now = current.get(name, {})
        if target.get("averageUtilization") is not None:
            used = f"{now['averageUtilization']}%" if "averageUtilization" in now else "<unknown>"
            shown.append(f"{name}: {used}/{target['averageUtilization']}%")
        else:
            shown.append(
                f"{name}: {now.get('averageValue', '<unknown>')}/{target.get('averageValue', '<auto>')}"
            )
    return ", ".join(shown) or "<none>"


def _revision(obj: Obj) -> list[object]:
    owner = next(iter(obj["metadata"].get("ownerReferences") or ()), None)
    api = (owner or {}).get("apiVersion", "").split("/")[0]
    held = f"{owner['kind'].lower()}.{api}/{owner['name']}" if owner else "<none>"
    return [name_of(obj), held, obj.get("revision", 0), age_of(obj)]


def _counts(*names: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, text, "integer") for name, text in names)


_SELECTOR = wide("Selector", texts.DEPLOYMENT_SELECTOR)

WORKLOADS: dict[tuple[str, str], Printer] = {
    ("apps", "deployments"): Printer(
        (
            NAME,
            Column("Ready", texts.DEPLOYMENT_READY),
            Column("Up-to-date", texts.DEPLOYMENT_UP_TO_DATE),
            Column("Available", texts.DEPLOYMENT_AVAILABLE),
            AGE,
            CONTAINERS,
            IMAGES,
            _SELECTOR,
        ),
        _deployment,
    ),
    ("apps", "replicasets"): Printer(
        (
            NAME,
            *_counts(
                ("Desired", texts.REPLICA_SET_DESIRED),
                ("Current", texts.REPLICA_SET_CURRENT),
                ("Ready", texts.REPLICA_SET_READY),
            ),
            AGE,
            CONTAINERS,
            IMAGES,
            wide("Selector", texts.REPLICA_SET_SELECTOR),
        ),
        _replica_set,
    ),
    ("apps", "statefulsets"): Printer(
        (NAME, Column("Ready", texts.DEPLOYMENT_READY), AGE, CONTAINERS, IMAGES), _stateful_set
    ),
    ("apps", "daemonsets"): Printer(
        (
            NAME,
            *_counts(
                ("Desired", "The total number of nodes that should be running the daemon pod."),
                ("Current", "The number of nodes that run at least one daemon pod and are supposed to."),
                ("Ready", "The number of nodes whose daemon pod is ready."),
                ("Up-to-date", "The total number of nodes that are running updated daemon pod."),
                ("Available", "The number of nodes whose daemon pod is running and available."),
            ),
            Column(
                "Node Selector",
                "Selector which must match a node's labels for the pod to be scheduled on it.",
            ),
            AGE,
            CONTAINERS,
            IMAGES,
            _SELECTOR,
        ),
        _daemon_set,
    ),
    ("apps", "controllerrevisions"): Printer(
        (
            NAME,
            Column("Controller", "Controller of the object"),
            Column("Revision", "Revision indicates the revision of the state represented by Data."),
            AGE,
        ),
        _revision,
    ),
    ("batch", "jobs"): Printer(
        (
            NAME,
            Column("Status", "Status of the job."),
            Column("Completions", "Number of pods that ended well, of those wanted."),
            Column("Duration", "Time required to complete the job."),
            AGE,
            CONTAINERS,
            IMAGES,
            _SELECTOR,
        ),
        _job,
    ),
    ("batch", "cronjobs"): Printer(
        (
            NAME,
            Column("Schedule", "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron."),
            Column("Timezone", "The time zone name for the given schedule."),
            Column("Suspend", "Whether subsequent executions are suspended."),
            Column("Active", "A list of pointers to currently running jobs.", "integer"),
            Column("Last Schedule", "When was the last time the job was successfully scheduled."),
            AGE,
            CONTAINERS,
            IMAGES,
            _SELECTOR,
        ),
        _cron_job,
    ),
    ("autoscaling", "horizontalpodautoscalers"): Printer(
        (
            NAME,
            Column("Reference", "The target resource to scale, and whose pods' metrics are collected."),
            Column("Targets", "The metrics: current, and wanted."),
            Column("MinPods", "The lower limit for the number of replicas."),
            Column("MaxPods", "The upper limit for the number of replicas.", "integer"),
            Column("Replicas", "The current number of replicas, as last seen by the autoscaler.", "integer"),
            AGE,
        ),
        _autoscaler,
    ),
}
