"""Serving the deployments of ``deployments/prefect.yaml`` from one process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType


def definitions_file() -> Path:
    """Return the deployments' definitions: the installed copy, or the checkout's own."""
    installed = Path(__file__).parent / "prefect.yaml"
    checkout = Path(__file__).parents[1] / "deployments" / "prefect.yaml"
    return installed if installed.is_file() else checkout


def deployments() -> list[RunnerDeployment]:
    """Return the deployments, ready to be served."""
    definitions = yaml.safe_load(definitions_file().read_text("utf-8"))
    return [_deployment(spec) for spec in definitions["deployments"]]


def serve_all() -> None:
    """Serve all deployments until interrupted.

    Stopping leaves the schedules active: a restart must not need somebody to remember to
    switch them on again.
    """
    serve(*deployments(), pause_on_shutdown=False)


def _deployment(spec: Mapping[str, Any]) -> RunnerDeployment:
    # Without the flag a flow that cannot be imported becomes a placeholder that fails later.
    flow: Flow[..., Any] = load_flow_from_entrypoint(spec["entrypoint"], use_placeholder_flow=False)
    made = flow.to_deployment(
        name=spec["name"],
        description=spec["description"],
        tags=spec["tags"],
        parameters=spec["parameters"],
        schedules=[Cron(s["cron"], timezone=s["timezone"]) for s in spec["schedules"]],
        concurrency_limit=ConcurrencyLimitConfig(**spec["concurrency_limit"]),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(made, RunnerDeployment)  # a coroutine only when called from async code
    return made
