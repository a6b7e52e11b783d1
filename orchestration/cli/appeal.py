"""`ccr appeal`: file, withdraw and decide appeals, see what would come of one, list where they stand."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration.appeals.book import Book, BookError, Line
from orchestration.cli import appealing
from orchestration.cli.appeal_shown import print_list, print_suggestion, print_written
from orchestration.cli.appealing import Named
from orchestration.cli.scoped import Export, Opened, audit, opened, write_down
from orchestration.cli.signing import Signed
from orchestration.cli.terminal import As, Home, Landing, err, out, settings_of, stop
from orchestration.records.scope import Scope

appeal = typer.Typer(
    help="Appeals against what counts: file, withdraw, decide, list, and what would come of one.",
    no_args_is_help=True,
)

By = Annotated[str, typer.Option("--by", envvar="CCR_REVIEWER", help="Who says so.")]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--day", formats=["%Y-%m-%d"], help="Business day from which it is known. [today in Shanghai]"
    ),
]
Subject = Annotated[
    str,
    typer.Option(
        "--subject",
        help="platform:ORDER, platform:review:ID (or after_sale, complaint, im_session), platform:bill:ID, "
        "or the id of a decision.",
    ),
]
Appeal = Annotated[str, typer.Argument(help="The appeal, as platform:appeal:ID.")]
Evidence = Annotated[
    list[str] | None,
    typer.Option(
        help="A file, or KIND:FILE (photo, video, chat_record, logistics_record, document). Repeat it."
    ),
]
Note = Annotated[str, typer.Option(help="What is to be remembered about it.")]
Statement = Annotated[str, typer.Option(help="What the shop says.")]


@appeal.command()
def file(
    *,
    subject: Subject,
    by: By = "",
    reason: Annotated[str, typer.Option(help="The reason, by the platform's code.")] = "",
    statement: Statement = "",
    evidence: Evidence = None,
    shop: Annotated[str, typer.Option(help="The shop that appeals, by its id. [the subject's]")] = "",
    decision: Annotated[str, typer.Option(help="The decision that the subject led to, by its id.")] = "",
    noticed: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the shop was told.")
    ] = None,
    day: Day = None,
    as_whom: As = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """File an appeal, or a report where no decision is named; what breaks a rule is refused."""
    who = appealing.speaker(by, day)
    pieces = appealing.evidence_of(evidence or [])
    try:
        with opened(home, as_whom, landing) as found, Book(found.settings.landing).alone() as book:
            connection = found.connection
            about = appealing.named(subject, appealing.decisions_of(connection, subject))
            line = _line("filed", who, about.platform, shop or "?", "?")._replace(
                subject_type=about.subject_type,
                subject_id=about.subject_id,
                channel=about.channel,
                decision_id=decision or None,
                reason_code=reason or None,
                statement=statement or None,
                evidence=pieces,
                noticed_at=appealing.noon(noticed.date()) if noticed else None,
            )
            events, known = appealing.known_about(connection, book, line.as_event())
            owner = appealing.shop_of(connection, line.as_event(), known)
            appealing.admit_subject(found.scope, about, subject, owner)
            if not shop and owner is not None:
                line = line._replace(shop_id=owner.removeprefix(f"{about.platform}:"))
            if shop:
                found.scope.admit([line.as_event().shop_key], f"--shop '{shop}'")
            line = line._replace(appeal_id=appealing.new_appeal_id(about, events))
            heard = appealing.heard(line, events, known)
            # the rules look up no decision: its shop is the ledger's to say
            if owner not in (None, line.as_event().shop_key) and not heard.refusals:
                stop(f"refused: wrong_shop: {subject} belongs to another shop than {shop}")
            if not shop and owner is None and not heard.refusals:
                stop(f"{subject} is no subject whose shop is known here: name the shop with --shop")
            if decision and not heard.refusals:
                appealing.same_shop(connection, decision, line.as_event().shop_key)
            _write(found, book, heard)
    except BookError as error:
        stop(str(error))


@appeal.command()
def withdraw(
    appeal_key: Appeal,
    *,
    by: By = "",
    note: Note = "",
    day: Day = None,
    as_whom: As = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Take an open appeal back."""
    _say(
        appeal_key,
        "withdrawn",
        by=by,
        day=day,
        as_whom=as_whom,
        home=home,
        landing=landing,
        note=note or None,
    )


@appeal.command()
def human(
    appeal_key: Appeal,
    *,
    by: By = "",
    note: Note = "",
    day: Day = None,
    as_whom: As = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Ask for a person: from then on no machine decides the appeal."""
    _say(
        appeal_key,
        "human_requested",
        by=by,
        day=day,
        as_whom=as_whom,
        home=home,
        landing=landing,
        note=note or None,
    )


@appeal.command()
def reconsider(
    appeal_key: Appeal,
    *,
    by: By = "",
    statement: Statement = "",
    evidence: Evidence = None,
    day: Day = None,
    as_whom: As = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """File the second and last round, with evidence that was not handed in before."""
    pieces = appealing.evidence_of(evidence or [])
    _say(
        appeal_key, "reconsideration_filed", by=by, day=day, as_whom=as_whom, home=home, landing=landing,
        statement=statement or None, evidence=pieces,
    )  # fmt: skip


@appeal.command()
def decide(
    appeal_key: Appeal,
    *,
    uphold: Annotated[bool, typer.Option("--uphold/--reject", help="What is decided.")],
    by: By = "",
    reviewer: Annotated[str, typer.Option(help="human, or auto where a machine decided.")] = "human",
    reason: Annotated[
        str, typer.Option(help="Why: untrue, insufficient_evidence, or words of your own.")
    ] = "",
    note: Note = "",
    day: Day = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Decide an open appeal. An upheld one takes its feedback out of the counts from the day on."""
    if reviewer not in ("human", "auto"):
        stop(f"--reviewer is human or auto, not {reviewer!r}")
    settings_of(home, landing)  # stops within a scope: no merchant decides an appeal
    _say(
        appeal_key, "upheld" if uphold else "rejected", by=by, day=day, as_whom="", home=home,
        landing=landing, reviewer_kind=reviewer, result_reason=reason or None, note=note or None,
    )  # fmt: skip


@appeal.command()
def suggest(*, subject: Subject, day: Day = None, as_whom: As = "", home: Home = None) -> None:
    """Whether an appeal is open, for which reason, with what evidence, and its effect. Files nothing."""
    who = appealing.speaker("nobody", day)
    with opened(home, as_whom) as found:
        connection = found.connection
        about = appealing.named(subject, appealing.decisions_of(connection, subject))
        events, known = appealing.known_about(connection, Book(found.settings.landing), _draft(about, who))
        owner = appealing.shop_of(connection, _draft(about, who), known)
        appealing.admit_subject(found.scope, about, subject, owner)
        if about.subject_type == "bill":
            events = [each for each in events if found.scope.of([each.shop_key])]
        draft = _draft(about, who)._replace(shop_key=owner or f"{about.platform}:?")
        print_suggestion(out, connection, draft, events, known)


@appeal.command("list")
def list_(
    *,
    platform: Annotated[str | None, typer.Option(help="Appeals of this platform only.")] = None,
    shop: Annotated[str | None, typer.Option(help="Appeals of this shop only, by its id or key.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Appeals in this state only; open for all that are.")
    ] = None,
    day: Day = None,
    as_whom: As = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Where appeals stand, the next to be answered first, and what waits in the book for its day's run."""
    who = appealing.speaker("nobody", day)
    try:
        with opened(home, as_whom, landing) as found:
            if shop is not None and not found.scope.is_everything:
                found.scope.admit(_meant(shop, found.scope), f"--shop '{shop}'")
            lines = Book(found.settings.landing).lines()
            print_list(
                out,
                found.connection,
                [line for line in lines if found.scope.of([line.as_event().shop_key])],
                day=who.day,
                platform=platform,
                shop=shop,
                state=state,
                shops=None if found.scope.shops is None else sorted(found.scope.shops),
            )
    except BookError as error:
        stop(str(error))


@appeal.command("export")
def export(
    to: Annotated[
        Path, typer.Argument(help="A .tsv, .csv, .jsonl or .parquet file for `ccr train --labels`.")
    ],
    *,
    by: By = "",
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Write the words that upheld appeals cleared, as labelled texts to train on.

    Only reasons that speak of the words count: none that settled a complaint, or doubted who made it.
    """
    from orchestration.classification.labels import LabelsError, write_labels
    from orchestration.wiring.cleared import cleared_texts

    with opened(home, as_whom) as found:
        labels = list(cleared_texts(found.connection, found.scope))
        # no file without a line in the audit log
        audit(found, to, Export(by, "labels", "upheld_appeals", {}), len(labels))
        try:
            write_labels(to, labels)
        except (LabelsError, OSError) as error:
            stop(str(error))
    out.print(f"{to}: {len(labels)} labelled texts", highlight=False)


def _meant(shop: str, scope: Scope) -> list[str]:
    """The shops of a scope that an id or key names; one that it does not hold, where there is none."""
    return [each for each in scope.of(scope.shops or ()) if shop in (each, each.partition(":")[2])] or [""]


def _say(
    appeal_key: str, event: str, *, by: str, day: datetime | None, as_whom: str, home, landing, **values
) -> None:
    """Writes the next event of an appeal down, where the rules admit it."""
    who = appealing.speaker(by, day)
    platform, _, appeal_id = appeal_key.partition(":appeal:")
    if not appeal_id:
        stop(f"{appeal_key!r} is no appeal: write platform:appeal:ID, as `ccr appeal list` shows it")
    try:
        with opened(home, as_whom, landing) as found, Book(found.settings.landing).alone() as book:
            draft = _line(event, who, platform, "?", appeal_id)._replace(**values)
            events, known = appealing.known_about(found.connection, book, draft.as_event())
            of_appeal = [each for each in events if each.appeal_key == appeal_key]
            # within a scope, an appeal of another shop and one that is not there are told alike
            found.scope.admit({each.shop_key for each in of_appeal} or [""], appeal_key)
            if not of_appeal:
                stop(f"there is no appeal {appeal_key}: `ccr appeal list` shows those that there are")
            line = draft._replace(
                shop_id=of_appeal[0].shop_key.removeprefix(f"{platform}:"),
                event_no=appealing.next_number(events, appeal_key),
            )
            latest = max(each.business_day for each in of_appeal)
            if line.day < latest:
                stop(
                    f"the appeal is known from {latest} on, and {line.day} is before that: name a later --day"
                )
            _write(found, book, appealing.heard(line, events, known))
    except BookError as error:
        stop(str(error))


def _write(found: Opened, book: Book, heard: appealing.Heard) -> None:
    transition = heard.transition
    if transition is None:
        for refusal in heard.refusals:
            err.print(f"refused: {refusal}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1)
    book.append(heard.line)
    key = f"{heard.line.platform}:appeal:{heard.line.appeal_id}"
    said = {"event_no": heard.line.event_no, "day": heard.line.day.isoformat(), "scope": found.scope.said}
    write_down(found, heard.line.actor, heard.line.event, ("appeal", key), said)
    print_written(out, transition)


def _line(event: str, who: Signed, platform: str, shop_id: str, appeal_id: str) -> Line:
    return Line(platform, who.day, appeal_id, 1, event, shop_id, who.by, who.at)


def _draft(about: Named, who: Signed):
    line = _line("filed", who, about.platform, "?", "draft")
    return line._replace(
        subject_type=about.subject_type, subject_id=about.subject_id, channel=about.channel
    ).as_event()
