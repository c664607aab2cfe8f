"""The Airflow of an environment, managed by AWS."""
