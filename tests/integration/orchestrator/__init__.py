"""The orchestrator adapter on a real Airflow behind MWAA's API."""
