"""Reading what consumers wrote: the model, and the tags with their words."""

from collections.abc import Iterator

import dagster as dg

from orchestration.classification.schemas import CLASSIFIED_TABLES
from orchestration.classification.trained import ensure_trained
from orchestration.wiring.house import House
from orchestration.wiring.lake import write_partition
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.progress import counted
from orchestration.wiring.warehouse import arrow

OWNERS = ["team:feedback-governance"]

_DESCRIPTIONS = {
    "feedback_tags": "One row per feedback and issue found in it; one row without an issue where "
    "nothing was found. Decided by lexicon, model and guards; uncertain never counts.",
    "evidence_spans": "One row per piece of evidence of a tag: the words and where they stand, "
    "or the rating, reason code or waiting time that speaks for itself.",
    "review_queue": "One row per feedback that the classifier would not decide; a person should.",
}


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
    specs=[
        dg.AssetSpec(
            ["classified", name],
            description=_DESCRIPTIONS[name],
            deps=[
                ["intermediate", "int_feedback_events"],
                ["intermediate", "int_session_messages"],
                ["classified", "model"],
            ],
            group_name="classified",
            owners=OWNERS,
            kinds={"python", "parquet"},
            partitions_def=BUSINESS_DAY,
        )
        for name in CLASSIFIED_TABLES
    ],
    backfill_policy=ONE_RUN_PER_RANGE,
)
def classified(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
    """Classifies the first version of every feedback, a day at a time."""
    from orchestration.classification.classifier import Classifier

    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    classifier = Classifier.load(settings.model)
    rows = dict.fromkeys(CLASSIFIED_TABLES, 0)
    with house.warehouse() as connection:
        for day in counted(context, "days classified", days):
            events = arrow(
                connection,
                "select * from intermediate.int_feedback_events "
                "where business_day = ? and is_first_version order by feedback_key",
                [day],
            )
            messages = arrow(
                connection,
                "select * from intermediate.int_session_messages "
                "where business_day = ? order by feedback_key, seq, message_id",
                [day],
            )
            found = classifier.classify(events, messages)
            for name, table in zip(
                ("feedback_tags", "evidence_spans", "review_queue"),
                (found.tags, found.spans, found.queue),
                strict=True,
            ):
                write_partition(settings.lake, "classified", name, day, table)
                rows[name] += table.num_rows
    for name, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=["classified", name],
            metadata={"dagster/row_count": count, "days": str(days), "classifier": classifier.version},
        )
