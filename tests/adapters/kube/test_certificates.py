"""TLS: a pod's service account, and certificates that nobody should trust."""

import pytest
import yaml

from bot.domain.errors import ClusterUnavailableError, OutcomeUnknownError, SettingsError
from bot.kube.client import Cluster
from bot.kube.clusters import service_account
from bot.kube.transport import Transport


def pod(folder, url):
    host, port = url.removeprefix("https://").split(":")
    environ = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}
    return service_account(str(folder / "token"), str(folder / "ca.crt"), environ)


async def test_a_pod_speaks_as_its_service_account(secure_wire, tmp_path):
    secure_wire.say({"gitVersion": "v1.36.2"})
    (tmp_path / "token").write_text("projected")
    cluster = Cluster("here", Transport("here", pod(tmp_path, secure_wire.url)))
    assert await cluster.version() == {"gitVersion": "v1.36.2"}
    assert secure_wire.requests[0].headers["Authorization"] == "bearer projected"
    await cluster.close()


async def test_a_pod_without_a_token_is_told_at_the_start(secure_wire, tmp_path):
    with pytest.raises(SettingsError, match="not a pod with a service account"):
        pod(tmp_path, secure_wire.url)


def config(url, **cluster):
    return yaml.safe_dump(
        {
            "clusters": [{"name": "c", "cluster": {"server": url, **cluster}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        }
    )


async def test_the_kubeconfigs_authority_is_trusted_and_its_path_is_relative_to_the_file(load, secure_wire):
    secure_wire.say({"gitVersion": "v1.36.2"})
    clusters = await load(config(secure_wire.url, **{"certificate-authority": "ca.crt"}))
    assert await clusters.cluster("here").version()


async def test_a_stranger_is_not_trusted_with_the_token(load, secure_wire):
    secure_wire.say({})
    clusters = await load(config(secure_wire.url))
    with pytest.raises(ClusterUnavailableError, match="its certificate is not trusted") as caught:
        await clusters.cluster("here").version()
    assert not isinstance(caught.value, OutcomeUnknownError)
    assert not secure_wire.requests
