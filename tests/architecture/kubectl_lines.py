"""Lines of kubectl's own quick reference, and what becomes of each when it is typed after `/k8s`.

`POD`, `NODE` and `SECRET` stand for names that live where the lines are tried. An outcome is the verb that
answers, or, for a line that is not run, words of the reason that is given. docs/kubectl.md shows the same.
"""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    line: str
    runs: str = ""
    """The verb that answers it."""
    refused: str = ""
    """Words of the reason why it is not run."""


LINES: tuple[Line, ...] = (
    Line("kubectl get services", runs="get"),
    Line("kubectl get pods --all-namespaces", runs="get"),
    Line("kubectl get pods -o wide", runs="get"),
    Line("kubectl get deployment web", runs="get"),
    Line("kubectl get pods", runs="get"),
    Line("kubectl get pod POD -o yaml", runs="get"),
    Line("kubectl describe nodes NODE", runs="describe"),
    Line("kubectl describe pods POD", runs="describe"),
    Line("kubectl get services --sort-by=.metadata.name", runs="get"),
    Line("kubectl get pods --sort-by='.status.containerStatuses[0].restartCount'", runs="get"),
    Line("kubectl get pods --selector=app=web -o jsonpath='{.items[*].metadata.labels.app}'", runs="get"),
    Line("kubectl get configmap kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}'", runs="get"),
    Line("kubectl get secret SECRET --template='{{range $k,$v := .data}}{{$k}}'", refused="o jsonpath"),
    Line("kubectl get secret SECRET -o go-template='{{.data}}'", refused="jsonpath"),
    Line("kubectl get node --selector='!node-role.kubernetes.io/control-plane'", runs="get"),
    Line("kubectl get pods --field-selector=status.phase=Running", runs="get"),
    Line("kubectl get nodes -o jsonpath='{.items[*].status.addresses[?(@.type==\"InternalIP\")].address}'",
         runs="get"),
    Line("kubectl get pods --show-labels", runs="get"),
    Line("kubectl get pods -o json | jq '.items[].spec'", refused="`|` is a shell's"),
    Line("kubectl get events --sort-by=.metadata.creationTimestamp", runs="get"),
    Line("kubectl events --types=Warning", runs="events"),
    Line("kubectl diff -f ./my-manifest.yaml", refused="sends files"),
    Line("kubectl get pods -o=custom-columns='DATA:spec.containers[*].image'", runs="get"),
    Line("kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[0].image}'", runs="get"),
    Line("kubectl set image deployment/web web=image:v2", runs="set image"),
    Line("kubectl rollout history deployment/web", runs="rollout history"),
    Line("kubectl rollout undo deployment/web", runs="rollback"),
    Line("kubectl rollout undo deployment/web --to-revision=2", runs="rollback"),
    Line("kubectl rollout status -w deployment/web", runs="rollout status"),
    Line("kubectl rollout restart deployment/web", runs="restart"),
    Line("cat pod.json | kubectl replace -f -", refused="There is no verb `cat`"),
    Line("kubectl replace --force -f ./pod.json", refused="sends files"),
    Line("kubectl expose deployment web --port=80 --target-port=8000", runs="expose"),
    Line("kubectl expose rc nginx --port=80 --target-port=8000", refused="only for"),
    Line("kubectl label pods POD new-label=awesome", runs="label"),
    Line("kubectl label pods POD new-label-", runs="label"),
    Line("kubectl label pods POD new-label=new-value --overwrite", runs="label"),
    Line("kubectl patch node k8s-node-1 -p '{\"spec\":{\"unschedulable\":true}}'", refused="raw patch"),
    Line("kubectl edit svc/docker-registry", refused="no editor here"),
    Line("kubectl scale --replicas=3 deployment/web", runs="scale"),
    Line("kubectl scale --replicas=3 -f foo.yaml", refused="No such option"),
    Line("kubectl logs POD", runs="logs"),
    Line("kubectl logs -l app=web", runs="logs"),
    Line("kubectl logs POD --previous", runs="logs"),
    Line("kubectl logs POD -c web", runs="logs"),
    Line("kubectl logs -l app=web -c web", runs="logs"),
    Line("kubectl logs -f POD", runs="logs"),
    Line("kubectl logs -f -l app=web --all-containers", runs="logs"),
    Line("kubectl run -i --tty busybox --image=busybox:1.28 -- sh", refused="`deploy` runs an image"),
    Line("kubectl attach POD -i", refused="`logs` shows what it prints"),
    Line("kubectl port-forward POD 5000:6000", refused="`proxy` makes one request"),
    Line("kubectl exec POD -- ls /", runs="exec"),
    Line("kubectl exec --stdin --tty POD -- /bin/sh", runs="exec"),
    Line("kubectl exec POD -c web -- ls /", runs="exec"),
    Line("kubectl debug POD -it --image=busybox:1.28", refused="`why` says what is wrong"),
    Line("kubectl top pod", runs="top"),
    Line("kubectl top pod POD --containers", runs="top"),
    Line("kubectl top pod POD --sort-by=cpu", runs="top"),
    Line("kubectl cp /tmp/foo_dir POD:/tmp/bar_dir", refused="Files go neither in nor out"),
    Line("kubectl logs deploy/web", runs="logs"),
    Line("kubectl logs deploy/web -c web", runs="logs"),
    Line("kubectl exec deploy/web -- ls", runs="exec"),
    Line("kubectl top node", runs="top"),
    Line("kubectl top node NODE", runs="top"),
    Line("kubectl cluster-info", runs="cluster-info"),
    Line("kubectl taint nodes foo dedicated=special-user:NoSchedule", refused="not decided from a channel"),
    Line("kubectl api-resources --namespaced=true", refused="`get` reads any resource"),
    Line("kubectl create deployment nginx --image=nginx", runs="deploy"),
    Line("kubectl create job hello --image=busybox:1.28 -- echo Hello", refused="`create` needs one of"),
    Line("kubectl explain pods", refused="Kubernetes' own reference"),
    Line("kubectl apply -f ./my-manifest.yaml", refused="sends files"),
    Line("kubectl config view", refused="`config` needs one of"),
    Line("kubectl config use-context demo", runs="cluster use"),
    Line("kubectl get all", runs="get"),
    Line("kubectl version", refused="`cluster-info` says what the server is"),
)  # fmt: skip
