"""Airflow DAGs: schedule, order and retries of the pipeline's steps."""
