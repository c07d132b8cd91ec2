"""Who may do what to the cluster, and the proof that they did."""
