"""The JSON Schema takes what the loader takes, as it is written, and refuses what an editor can see."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestration.policy.document import read_document
from orchestration.policy.json_schema import json_schema
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.policy.books import DOUYIN, NCX, PINDUODUO
from tests.unit.policy.test_own_policies import OWN

SCHEMA = json_schema()
FILES = sorted([*SHIPPED_POLICIES.glob("*/*.yaml"), *OWN.glob("*/*.yaml")])


def errors(values: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(values)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "ccr-policy/1"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_document_is_valid_as_it_is_written(file: Any) -> None:
    assert errors(read_document(file.read_bytes()).values) == []


def put(*place: str | int, value: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for step in place[:-1]:
            document = document[step]
        document[place[-1]] = value

    return change


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (DOUYIN, put("ladder", 1, "measures", 0, value={"fine": {}})),
        (DOUYIN, put("ladder", 1, "measures", 0, value={"fine": {"amount_fen": 0}})),
        (DOUYIN, put("ladder", 1, "measures", 0, value={"fine": {"amount_fen": 1, "days": 1}})),
        (DOUYIN, put("ladder", 1, "measures", 0, value={"code": "fine", "amount_fen": 700000})),
        (DOUYIN, put("ladder", 1, "measures", 0, value={"fined": {"amount_fen": 1}})),
        (DOUYIN, put("mood", value="good")),
        (DOUYIN, put("straddle", value="strict")),
        (DOUYIN, put("metric", "dimensions", value=["price"])),
        (DOUYIN, put("score", "knots", 0, value=[0])),
        (DOUYIN, put("appeals", "appealable", value="yes")),
        (NCX, put("metric", "dimensions", "product", value=True)),
        (PINDUODUO, put("stage_scope", "from", value="signed")),
        (PINDUODUO, put("appeals", "appealable", "not", value=["silence"])),
        (PINDUODUO, put("appeals", "reasons", 0, "subjects", value=["parcel"])),
        (PINDUODUO, put("appeals", "reasons", 0, "code", value=18)),
        (PINDUODUO, put("escalation", "steps", 0, "measures", value=[])),
        (PINDUODUO, put("escalation", "steps", value=[])),
        (PINDUODUO, put("exemptions", "first_time_within_days", value=0)),
        (DOUYIN, put("exclusive_group", value="Two words")),
    ],
)
def test_an_editor_sees_what_is_wrong(file: Any, change: Callable[[Any], None]) -> None:
    values = copy.deepcopy(read_document((SHIPPED_POLICIES / file).read_bytes()).values)
    assert errors(values) == []
    change(values)
    assert errors(values) != []


def test_it_tells_what_a_key_means() -> None:
    metric = SCHEMA["$defs"]["Metric"]["properties"]
    assert "mature" in metric["maturity_days"]["description"]
    assert set(SCHEMA["$defs"]["StageScope"]["properties"]) == {"dimensions", "from", "until", "sources"}
