"""What the columns mean, in the words of the API's own documentation."""

ANY_NAME = (
    "Name must be unique within a namespace. Is required when creating resources, although some resources"
    " may allow a client to request the generation of an appropriate name automatically. Name is "
    "primarily intended for creation idempotence and configuration definition. Cannot be updated. More "
    "info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
)
ANY_AGE = (
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is "
    "not guaranteed to be set in happens-before order across separate operations. Clients may not set "
    "this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. "
    "Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-"
    "conventions.md#metadata"
)
ANY_CONTAINERS = "Names of each container in the template."
ANY_IMAGES = "Images referenced by each container in the template."
DEPLOYMENT_READY = "Number of the pod with ready state"
DEPLOYMENT_UP_TO_DATE = (
    "Total number of non-terminating pods targeted by this deployment that have the desired template spec."
)
DEPLOYMENT_AVAILABLE = (
    "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this"
    " deployment."
)
DEPLOYMENT_SELECTOR = (
    "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones "
    "affected by this deployment. It must match the pod template's labels."
)
REPLICA_SET_DESIRED = (
    "Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and "
    "unspecified. Defaults to 1. More info: "
    "https://kubernetes.io/docs/concepts/workloads/controllers/replicaset"
)
REPLICA_SET_CURRENT = (
    "Replicas is the most recently observed number of non-terminating pods. More info: "
    "https://kubernetes.io/docs/concepts/workloads/controllers/replicaset"
)
REPLICA_SET_READY = "The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition."
REPLICA_SET_SELECTOR = (
    "Selector is a label query over pods that should match the replica count. Label keys and values that "
    "must match in order to be controlled by this replica set. It must match the pod template's labels. "
    "More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"
)
POD_READY = "The aggregate readiness state of this pod for accepting traffic."
POD_STATUS = "The aggregate status of the containers in this pod."
POD_RESTARTS = (
    "The number of times the containers in this pod have been restarted and when the last container in "
    "this pod has restarted."
)
POD_IP = (
    "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated."
)
POD_NODE = (
    "NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for "
    "scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this "
    "node becomes responsible for the lifecycle of this pod. This field should not be used to express a "
    "desire for the pod to be scheduled on a specific node. "
    "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename"
)
POD_NOMINATED_NODE = (
    "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be "
    "scheduled right away as preemption victims receive their graceful termination periods. This field "
    "does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the "
    "pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the "
    "resources on this node to a higher priority pod that is created after preemption. As a result, this "
    "field may be different than PodSpec.nodeName when the pod is scheduled."
)
POD_READINESS_GATES = (
    "If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its "
    'containers are ready AND all conditions specified in the readiness gates have status equal to "True"'
    " More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates"
)
SERVICE_TYPE = (
    "type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, "
    'ClusterIP, NodePort, and LoadBalancer. "ClusterIP" allocates a cluster-internal IP address for load-'
    "balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by "
    'manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is "None", no '
    "virtual IP is allocated and the endpoints are published as a set of endpoints rather than a virtual "
    'IP. "NodePort" builds on ClusterIP and allocates a port on every node which routes to the same '
    'endpoints as the clusterIP. "LoadBalancer" builds on NodePort and creates an external load-balancer '
    "(if supported in the current cloud) which routes to the same endpoints as the clusterIP. "
    '"ExternalName" aliases this service to the specified externalName. Several other fields do not apply'
    " to ExternalName services. More info: https://kubernetes.io/docs/concepts/services-"
    "networking/service/#publishing-services-service-types"
)
SERVICE_CLUSTER_IP = (
    "clusterIP is the IP address of the service and is usually assigned randomly. If an address is "
    "specified manually, is in-range (as per system configuration), and is not in use, it will be "
    "allocated to the service; otherwise creation of the service will fail. This field may not be changed"
    " through updates unless the type field is also being changed to ExternalName (which requires this "
    "field to be blank) or the type field is being changed from ExternalName (in which case this field "
    'may optionally be specified, as describe above).  Valid values are "None", empty string (""), or a '
    'valid IP address. Setting this to "None" makes a "headless service" (no virtual IP), which is useful'
    " when direct endpoint connections are preferred and proxying is not required.  Only applies to types"
    " ClusterIP, NodePort, and LoadBalancer. If this field is specified when creating a Service of type "
    "ExternalName, creation will fail. This field will be wiped when updating a Service to type "
    "ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-"
    "ips-and-service-proxies"
)
SERVICE_EXTERNAL_IP = (
    "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for "
    "this service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that "
    "traffic arrives at a node with this IP.  A common example is external load-balancers that are not "
    "part of the Kubernetes system."
)
SERVICE_PORTS = (
    "The list of ports that are exposed by this service. More info: "
    "https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies"
)
SERVICE_SELECTOR = (
    "Route service traffic to pods with label keys and values matching this selector. If empty or not "
    "present, the service is assumed to have an external process managing its endpoints, which Kubernetes"
    " will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is "
    "ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/"
)
NODE_STATUS = "The status of the node"
NODE_ROLES = "The roles of the node"
NODE_VERSION = "Kubelet Version reported by the node."
NODE_ADDRESS = (
    "List of addresses reachable to the node. Queried from cloud provider, if available. More info: "
    "https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as "
    "mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is "
    "merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an "
    "example. Consumers should assume that addresses can change during the lifetime of a Node. However, "
    "there are some exceptions where this may not be possible, such as Pods that inherit a Node's address"
    " in its own status or consumers of the downward API (status.hostIP)."
)
NODE_OS_IMAGE = "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy))."
NODE_KERNEL_VERSION = "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64)."
NODE_CONTAINER_RUNTIME = (
    "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2)."
)
