"""The kubelets of all nodes: they bring the pods bound to them to life and tell how they are."""
