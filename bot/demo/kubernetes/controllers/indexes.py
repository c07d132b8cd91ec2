"""Indexed jobs: every pod has one number of its own, and each number must end well once."""

from bot.demo.kubernetes.objects import Obj, clone, labels_of, name_of

INDEX = "batch.kubernetes.io/job-completion-index"


def is_indexed(job: Obj) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def indexes_of(pods: list[Obj]) -> set[int]:
    found = (labels_of(pod).get(INDEX, "") for pod in pods)
    return {int(index) for index in found if index.isdecimal()}


def free_indexes(job: Obj, taken: set[int]) -> list[int]:
    """Tell which numbers no pod has, or has had with success; the lowest first."""
    return [index for index in range(job["spec"].get("completions") or 0) if index not in taken]


def spoken(indexes: set[int]) -> str:
    """Write numbers as a status does: `1,3-5`."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def indexed(job: Obj, index: int) -> Obj:
    """Make the template of the pod with a number: it is in its labels, its environment, its host's name."""
    template: Obj = clone(job["spec"]["template"])
    metadata, number = template["metadata"], str(index)
    for key in ("labels", "annotations"):
        metadata[key] = {**(metadata.get(key) or {}), INDEX: number}
    spec = template["spec"]
    spec["hostname"] = f"{name_of(job)}-{number}"
    field = {"apiVersion": "v1", "fieldPath": f"metadata.annotations['{INDEX}']"}
    for container in (*spec["containers"], *(spec.get("initContainers") or ())):
        variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": field}}
        container["env"] = [*(container.get("env") or ()), variable]
    return template
