"""What FinEdge's DAG files have in common. A change here is a change of each DAG that imports it."""
