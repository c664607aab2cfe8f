"""Airflow on MWAA behind the ports, through boto3: DAG files by its bucket, the rest by InvokeRestApi."""

from slipway.adapters.mwaa.dag_store import MwaaDagStore
from slipway.adapters.mwaa.orchestrator import MwaaOrchestrator
from slipway.adapters.mwaa.rest import RestApi

__all__ = ["MwaaDagStore", "MwaaOrchestrator", "RestApi"]
