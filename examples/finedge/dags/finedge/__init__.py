"""What FinEdge's DAG files have in common. Shared by all: a change here is a change of each DAG that imports it."""
