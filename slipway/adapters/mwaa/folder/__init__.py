"""What slipway puts into the DAG folder: files that run inside Airflow and import nothing of slipway."""
