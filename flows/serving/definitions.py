"""The deployments of ``deployments/prefect.yaml``, ready to be served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema
from pydantic import ConfigDict

from flows.request import WAYS


class _Form(ParameterSchema):
    """A form with more of JSON schema: it is refused where it does not say what is to be done."""

    model_config = ConfigDict(extra="allow")


_SEALS = "flows.seal.seal"
_INBOX = "flows.serving.inbox.inbox"


def definitions_file() -> Path:
    """Return the deployments' definitions: the installed copy, or the checkout's own."""
    installed = Path(__file__).parents[1] / "prefect.yaml"
    checkout = Path(__file__).parents[2] / "deployments" / "prefect.yaml"
    return installed if installed.is_file() else checkout


def deployments(
    sources: Sequence[str] = (),
    every: timedelta | None = None,
    *,
    sealing: bool = False,
    inbox: Path | None = None,
) -> list[RunnerDeployment]:
    """Return the deployments.

    Args:
        sources: Which sources those with a schedule are for, one deployment each; the one
            that the definitions name when left out.
        every: How often `ingest` runs, in place of the definitions' cron.
        sealing: Also the daily seal, which needs a timestamp authority.
        inbox: Also the folder whose files are brought in.
    """
    specs = yaml.safe_load(definitions_file().read_text("utf-8"))["deployments"]
    left_out = {_SEALS: not sealing, _INBOX: inbox is None}
    for spec in specs:
        if spec["entrypoint"] == _INBOX:
            spec["parameters"] = {"folder": str(inbox)}
    return [
        _deployment(spec, source, every)
        for spec in specs
        if not left_out.get(spec["entrypoint"])
        for source in (
            sources if spec["schedules"] and _source(spec) and sources else [_source(spec)]
        )
    ]


def _source(spec: Mapping[str, Any]) -> str:
    """Return the source a deployment is for; empty where it is for the whole store."""
    return str(spec["parameters"].get("source", ""))


def _deployment(spec: Mapping[str, Any], source: str, every: timedelta | None) -> RunnerDeployment:
    # Without the flag a flow that cannot be imported becomes a placeholder that fails later.
    flow: Flow[..., Any] = load_flow_from_entrypoint(spec["entrypoint"], use_placeholder_flow=False)
    made = flow.to_deployment(
        name=spec["name"] if source == _source(spec) else f"{spec['name']}-{source}",
        description=spec["description"],
        tags=spec["tags"],
        parameters={**spec["parameters"], **({"source": source} if source else {})},
        schedules=[
            _schedule(schedule, every if flow.name == "ingest" else None)
            for schedule in spec["schedules"]
        ],
        concurrency_limit=ConcurrencyLimitConfig(**spec["concurrency_limit"]),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(made, RunnerDeployment)  # a coroutine only when called from async code
    if flow.name == "backfill":
        made._parameter_openapi_schema = _Form(  # Prefect has no other place for it
            **made._parameter_openapi_schema.model_dump(exclude_unset=True), **_one_of(WAYS)
        )
    return made


def _one_of(parameters: Sequence[str]) -> dict[str, Any]:
    """Return a JSON schema that holds where one of some parameters has a value.

    Prefect checks a deployment's own defaults too, without any ``required`` inside objects:
    every ``if`` holds then. An ``anyOf``, whose schemas are in a list, would refuse them.
    """
    schema: dict[str, Any] = {"required": [f"one of {', '.join(parameters)}"]}  # is told
    for name in reversed(parameters):
        value: dict[str, Any] = {"not": {"enum": [None, "", False, []]}}
        schema = {"if": {"required": [name], "properties": {name: value}}, "else": schema}
    return schema


def _schedule(schedule: Mapping[str, str], every: timedelta | None) -> Schedule:
    slug, zone = schedule["slug"], schedule["timezone"]
    if every is not None:
        return Interval(every, timezone=zone, slug=slug)
    return Cron(schedule["cron"], timezone=zone, slug=slug)
