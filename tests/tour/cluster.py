"""The cluster's own API, read past the bot: what it says is what counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.tour.page import MissingError

NAMESPACE = "shop"


def clusters(kubeconfig: Path) -> dict[str, Cluster]:
    """All that a kubeconfig names, in its order."""
    content = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    return {one["name"]: Cluster(one["cluster"]["server"]) for one in content["clusters"]}


class Cluster:
    """A plain client for an API server, as its administrator."""

    def __init__(self, server: str) -> None:
        self._http = httpx.Client(base_url=server, timeout=10)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        try:
            answer = self._http.get(path, params=query)
        except httpx.HTTPError as error:
            raise MissingError(f"the cluster does not answer: {error}") from error
        if answer.is_error:
            raise MissingError(f"GET {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.headers["Content-Type"].startswith("application/json") else answer.text

    def delete_pod(self, name: str) -> None:
        self._http.delete(f"/api/v1/namespaces/{NAMESPACE}/pods/{name}").raise_for_status()

    def patch_deployment(self, name: str, change: dict[str, Any]) -> None:
        path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}"
        kind = {"Content-Type": "application/merge-patch+json"}
        self._http.patch(path, json=change, headers=kind).raise_for_status()

    def named(self, plural: str, **query: str) -> dict[str, Any]:
        """Core objects of the shop by their names; nodes too, which have no namespace."""
        where = "" if plural == "nodes" else f"/namespaces/{NAMESPACE}"
        return {
            one["metadata"]["name"]: one for one in self.get(f"/api/v1{where}/{plural}", **query)["items"]
        }

    def apps(self, plural: str, **query: str) -> dict[str, Any]:
        found = self.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/{plural}", **query)["items"]
        return {one["metadata"]["name"]: one for one in found}

    def deployment(self, name: str) -> Any:
        return self.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}")

    def pods(self, app: str) -> dict[str, Any]:
        """The pods of a deployment that are not on their way out."""
        found = self.named("pods", labelSelector=f"app={app}")
        return {name: pod for name, pod in found.items() if "deletionTimestamp" not in pod["metadata"]}

    def images(self, app: str) -> list[str]:
        """What its ready pods run, one entry a pod."""
        return [
            pod["spec"]["containers"][0]["image"]
            for pod in self.pods(app).values()
            if all(
                container["ready"] for container in pod["status"].get("containerStatuses") or [{"ready": 0}]
            )
        ]

    def revisions(self, app: str) -> dict[str, str]:
        """Revision to image, as the deployment's ReplicaSets keep them."""
        sets = self.apps("replicasets", labelSelector=f"app={app}").values()
        return {
            one["metadata"]["annotations"]["deployment.kubernetes.io/revision"]: one["spec"]["template"][
                "spec"
            ]["containers"][0]["image"]
            for one in sets
        }

    def endpoints(self, service: str) -> list[str]:
        """The addresses behind a Service that are ready."""
        path = f"/apis/discovery.k8s.io/v1/namespaces/{NAMESPACE}/endpointslices"
        slices = self.get(path, labelSelector=f"kubernetes.io/service-name={service}")["items"]
        return sorted(
            endpoint["addresses"][0]
            for one in slices
            for endpoint in one.get("endpoints") or []
            if endpoint["conditions"].get("ready")
        )

    def log(self, pod: str) -> list[str]:
        return str(self.get(f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/log")).splitlines()

    def version(self) -> str:
        return str(self.get("/version")["gitVersion"])
