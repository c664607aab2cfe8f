"""Real Airflow behind the AWS front's MWAA endpoint: one lean instance an environment.

Owned here: how an instance is configured, started, fed with DAG files from its bucket, and ended with all
that it started. Not owned: MWAA's API (``slipway_sandbox.aws.mwaa``), whose way in is an instance's REST API.
"""
