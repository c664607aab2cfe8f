"""The only place with boto3, connectors, subprocess, HTTP and terminals. One module a production adapter."""
