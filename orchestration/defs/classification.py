"""Reading what consumers wrote: the model, and the tags with their words."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from orchestration.classification.schemas import TABLES_OF_A_DAY
from orchestration.classification.trained import ensure_trained
from orchestration.wiring.classified_days import classify_days
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted

OWNERS = ["team:feedback-governance"]

_DESCRIPTIONS = {
    "feedback_tags": "One row per feedback and issue found in it; one row without an issue where "
    "nothing was found. Decided by lexicon, model and guards; uncertain never counts.",
    "evidence_spans": "One row per piece of evidence of a tag: the words and where they stand, "
    "or the rating, reason code or waiting time that speaks for itself.",
    "review_queue": "One row per feedback that the classifier would not decide, with its words; a person "
    "should. What people decided is in raw.review_decisions.",
    "classification_profile": "One row per channel and bin of probability, issue or role of a phrase: in "
    "how many texts of the day it occurs. Counts only.",
}


def tables_of_a_day(descriptions: Mapping[str, str], deps: Sequence[Sequence[str]]) -> list[dg.AssetSpec]:
    """One partitioned asset for each table that is classified by day, by name and description."""
    return [
        dg.AssetSpec(
            ["classified", name],
            description=description,
            deps=deps,
            group_name="classified",
            owners=OWNERS,
            kinds={"python", "parquet"},
            partitions_def=BUSINESS_DAY,
        )
        for name, description in descriptions.items()
    ]


@dg.asset(key=["classified", "model"], group_name="classified", owners=OWNERS, kinds={"scikitlearn"})
def model(house: House) -> dg.MaterializeResult:
    """The linear text model, trained on redistributable text only.

    Trained again only when its texts or its code changed; the same input gives the same bytes.
    """
    card = ensure_trained(house.settings().model)
    return dg.MaterializeResult(
        metadata={"version": str(card["version"]), "card": dg.MetadataValue.json(card)}
    )


@dg.multi_asset(
    name="classify",
    specs=tables_of_a_day(
        _DESCRIPTIONS,
        [
            ["intermediate", "int_feedback_events"],
            ["intermediate", "int_session_messages"],
            ["classified", "model"],
        ],
    ),
    backfill_policy=ONE_RUN_PER_RANGE,
)
def classified(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """Classifies the first version of every feedback, a day at a time.

    What was read before and is as it was keeps its tags and their versions: a new model or lexicon
    changes none of them (`ccr retag` does).
    """
    from orchestration.classification.classifier import Classifier
    from orchestration.classification.lexicon_files import shipped_lexicon
    from orchestration.classification.profile import Profiler

    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    classifier = Classifier.load(settings.model)
    profiler = Profiler(shipped_lexicon())
    rows = dict.fromkeys(TABLES_OF_A_DAY, 0)
    read = 0
    with house.warehouse() as connection:
        stored = classify_days(settings.lake, connection, days, classifier, profiler)
        for _, done in zip(counted(context, "days classified", days), stored, strict=True):
            read += done.read_count
            for name, table in done.tables.items():
                rows[name] += table.num_rows
    for name, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=["classified", name],
            metadata={
                "dagster/row_count": count,
                "days": str(days),
                "classifier": classifier.version,
                "feedback_read_now": read,
            },
        )
