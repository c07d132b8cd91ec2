import helm_python
import kubernetes_validate
import pytest

HTTP = ("slack.socketMode=false", "ingress.enabled=true", "ingress.host=bot.example.com")
INSTALLATIONS = {
    "as it comes": (),
    "over http": (*HTTP, "ingress.tlsSecret=bot-tls", "ingress.className=nginx", "service.type=NodePort"),
    "two namespaces": ("rbac.namespaces={shop,web}", "rbac.clusterScopedRead=false", "rbac.labelNodes=true"),
    "walled in": ("networkPolicy.enabled=true",),
    "walled in, over http": (
        *HTTP,
        "networkPolicy.enabled=true",
        "networkPolicy.events[0].namespaceSelector.matchLabels.name=ingress",
        "networkPolicy.admin[0].podSelector.matchLabels.app=prometheus",
    ),
    "everything named": (
        "image.digest=sha256:" + "0" * 64,
        "imagePullSecrets[0].name=registry",
        "fullnameOverride=bot",
        "publicUrl=https://bot.example.com",
        "env.HTTPS_PROXY=http://proxy:3128",
        "persistence.storageClassName=fast",
        "persistence.accessMode=ReadWriteOncePod",
        "podLabels.team=platform",
        "podAnnotations.note=x",
        "priorityClassName=high",
        "nodeSelector.disk=ssd",
        "tolerations[0].operator=Exists",
        "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey=zone",
        "serviceAccount.annotations.role=bot",
    ),
    "what exists already": (
        "serviceAccount.create=false",
        "persistence.existingClaim=old",
        "rbac.create=false",
    ),
}


@pytest.fixture(params=INSTALLATIONS.values(), ids=INSTALLATIONS.keys())
def settings(request):
    return request.param


def test_lint_finds_nothing(root, settings):
    report = helm_python.lint(root / "helm", helm_python.parse_set_string(",".join(settings)), strict=True)
    assert report["errors"] == []
    assert [m["error"] for m in report["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("version", ["1.29", "1.36", "1.37"])
def test_kubernetes_accepts_every_manifest(render, settings, version):
    for manifests in render(*settings).values():
        for manifest in manifests:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_what_is_made(render):
    always = {
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "Deployment",
        "PersistentVolumeClaim",
        "ServiceAccount",
    }
    assert set(render()) == always
    assert set(render(*HTTP)) == always | {"Service", "Ingress"}
    assert set(render(*INSTALLATIONS["what exists already"])) == {"ConfigMap", "Deployment"}


def test_one_pod_ever_with_time_to_finish(render, pod):
    [deployment] = render()["Deployment"]
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert pod()["terminationGracePeriodSeconds"] == 30


@pytest.mark.parametrize(
    ("settings", "image"),
    [
        ("image.repository=registry.example.com/bot", "registry.example.com/bot:0.1.0"),
        ("image.tag=main", "k8s-bot:main"),
        ("image.tag=main,image.digest=sha256:" + "a" * 64, "k8s-bot@sha256:" + "a" * 64),
    ],
)
def test_image(pod, settings, image):
    assert pod(settings)["containers"][0]["image"] == image


def test_a_call_from_slack_arrives_at_the_pod(render):
    manifests = render(*HTTP)
    [ingress], [service], [deployment] = (manifests[kind] for kind in ("Ingress", "Service", "Deployment"))
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]
    [port] = service["spec"]["ports"]
    pod = deployment["spec"]["template"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": port["name"]}}
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert {"name": port["targetPort"], "containerPort": 3000} in pod["spec"]["containers"][0]["ports"]


def test_what_the_pod_refers_to_is_made(render, pod):
    manifests, spec = render(), pod()
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    for kind, name in {
        "ServiceAccount": spec["serviceAccountName"],
        "ConfigMap": volumes["config"]["configMap"]["name"],
        "PersistentVolumeClaim": volumes["data"]["persistentVolumeClaim"]["claimName"],
    }.items():
        assert [made["metadata"]["name"] for made in manifests[kind]] == [name]


def test_records_outlive_the_release(render, pod):
    [claim] = render()["PersistentVolumeClaim"]
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    volumes = {volume["name"]: volume for volume in pod("persistence.existingClaim=old")["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": "old"}


def test_locked_down(pod, settings):
    spec = pod(*settings)
    [container] = spec["containers"]
    context = spec["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == context["fsGroup"] == 10001
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    writable = [mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["data", "tmp"]


def test_probes_ask_the_admin_port(pod):
    [container] = pod()["containers"]
    asked = {name: container[name]["httpGet"] for name in container if name.endswith("Probe")}
    assert asked == {
        "startupProbe": {"path": "/healthz", "port": "admin"},
        "livenessProbe": {"path": "/healthz", "port": "admin"},
        "readinessProbe": {"path": "/readyz", "port": "admin"},
    }
    assert {"name": "admin", "containerPort": 3001} in container["ports"]


def test_nothing_listens_for_slack_in_socket_mode(pod):
    def listens(*settings):
        [container] = pod(*settings)["containers"]
        address = next(e["value"] for e in container["env"] if e["name"] == "BOT_LISTEN")
        return address, [port["name"] for port in container["ports"]]

    assert listens() == ("127.0.0.1:3000", ["admin"])
    assert listens("slack.socketMode=false") == ("0.0.0.0:3000", ["http", "admin"])


def test_ingress_publishes_one_path(render):
    [ingress] = render(*HTTP)["Ingress"]
    [rule] = ingress["spec"]["rules"]
    assert rule["host"] == "bot.example.com"
    assert [(path["path"], path["pathType"]) for path in rule["http"]["paths"]] == [
        ("/slack/events", "Exact")
    ]


def test_network_policy_lets_in_only_who_is_named(render):
    def let_in(*settings):
        [policy] = render("networkPolicy.enabled=true", *settings)["NetworkPolicy"]
        return policy["spec"]["ingress"]

    assert let_in() == []
    assert let_in(*HTTP) == [{"ports": [{"port": "http"}]}]
    assert let_in("networkPolicy.admin[0].podSelector.matchLabels.app=prometheus") == [
        {"ports": [{"port": "admin"}], "from": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]}
    ]
