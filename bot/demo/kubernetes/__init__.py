"""A Kubernetes API server with a small cluster behind it, in one process.

It speaks the real protocol over HTTP, so that clients need not know it is simulated, and its
controllers, scheduler and kubelets behave by the same rules as the real ones, only with invented
containers. It is the cluster of the demo and the test double of the suite.
"""

from bot.demo.kubernetes.scenario import ScenarioError
from bot.demo.kubernetes.simulator import KubernetesSimulator

__all__ = ["KubernetesSimulator", "ScenarioError"]
