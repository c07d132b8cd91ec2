"""The revisions of workloads: one shape for what ReplicaSets and ControllerRevisions keep."""
