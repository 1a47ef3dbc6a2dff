"""The deployments as they are defined."""

from __future__ import annotations

import yaml
from prefect.flows import load_flow_from_entrypoint

from flows.serving.definitions import definitions_file, deployments


def test_every_entry_point_loads() -> None:
    for spec in yaml.safe_load(definitions_file().read_text("utf-8"))["deployments"]:
        flow = load_flow_from_entrypoint(spec["entrypoint"], use_placeholder_flow=False)
        assert set(spec["parameters"]) <= set(flow.parameters.properties)


def test_every_parameter_is_described_on_prefects_form() -> None:
    for deployment in deployments():
        schema = deployment._parameter_openapi_schema
        assert all(p.get("description") for p in schema.properties.values())


def test_neither_deployment_overlaps_itself() -> None:
    for deployment in deployments():
        assert deployment.concurrency_limit == 1
        assert str(deployment.concurrency_options.collision_strategy.value) == "CANCEL_NEW"


def test_ingest_runs_every_quarter_of_an_hour_by_day_in_new_zealand() -> None:
    (scheduled,) = [d for d in deployments() if d.name == "scheduled"]
    (schedule,) = [s.schedule for s in scheduled.schedules or []]
    assert (schedule.cron, schedule.timezone) == ("*/15 6-22 * * *", "Pacific/Auckland")
