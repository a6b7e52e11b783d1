"""The closed form of the interval of a count to come, against the distribution it stands for."""

from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from dbt.cli.main import dbtRunner
from scipy import stats

from orchestration.wiring.dbt_manifest import uncompiled
from tests.support.warehouse import PROJECT, DbtProject

MEANS: Final = np.geomspace(0.001, 3_000, 120)
RATIOS: Final = (1.0, 1.00005, 1.01, 1.1, 1.3, 1.7, 2.0, 3.0, 4.0, 10.0, 40.0)
INLINE: Final = """select *, {{ count_to_come_low('mean', 'variance') }} as low,
{{ count_to_come_high('mean', 'variance') }} as high from given"""


@pytest.fixture(scope="module")
def answers(dbt_project: DbtProject) -> list[tuple[Any, ...]]:
    """(mean, variance, low, high) of the grid and of the edges."""
    flags = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-level", "none"]
    target = ["--target-path", str(dbt_project.target), "--log-level-file", "none"]
    compiled = dbtRunner(manifest=uncompiled(dbt_project.manifest)).invoke(
        ["compile", "--inline", INLINE, *flags, *target]
    )
    assert compiled.success, compiled.exception
    grid = [(float(mean), float(mean * ratio)) for mean in MEANS for ratio in RATIOS]
    edges = [(0.0, 0.0), (0.0, 3.0), (None, 1.0), (1.0, None)]
    means, variances = zip(*grid, *edges, strict=True)
    given = pa.table({"mean": pa.array(means, pa.float64()), "variance": pa.array(variances, pa.float64())})
    with duckdb.connect() as connection:
        connection.register("given", given)
        sql = compiled.result.results[0].node.compiled_code  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        return connection.execute(sql).fetchall()


def distribution(mean: float, variance: float) -> Any:
    if variance <= mean:
        return stats.poisson(mean)
    return stats.nbinom(mean * mean / (variance - mean), mean / variance)


def test_the_interval_holds_what_it_says(answers: list[tuple[Any, ...]]) -> None:
    for mean, variance, low, high in answers[:-4]:
        count = distribution(mean, variance)
        held = count.cdf(high) - count.cdf(low - 1)
        assert held >= 0.944, (mean, variance, low, high)


def test_each_end_is_the_quantile_or_the_count_beside_it(answers: list[tuple[Any, ...]]) -> None:
    compared = 0
    for mean, variance, low, high in answers[:-4]:
        if variance <= 4 * mean * (1 + 1e-9):
            count = distribution(mean, variance)
            assert abs(low - count.ppf(0.025)) <= 1, (mean, variance, low)
            assert 0 <= high - count.ppf(0.975) <= 1, (mean, variance, high)
            compared += 1
    assert compared == len(MEANS) * 9


def test_nothing_to_come_is_nothing_and_unknown_is_unknown(answers: list[tuple[Any, ...]]) -> None:
    assert [row[2:] for row in answers[-4:]] == [(0.0, 0.0), (0.0, 0.0), (None, None), (None, None)]
