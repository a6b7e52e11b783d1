"""`ccr policy stale`: which processed days the rule book now judges by another version."""

from datetime import date

from orchestration.cli.terminal import Home, err, out, settings_of, stop


def stale(home: Home = None) -> None:
    """Print the processed days that the rule book of now would judge otherwise, and how.

    A changed, added or removed document makes just the days stale on which it holds. They are run
    again by the sensor changed_policies, or with ccr run; decisions that stand stay.
    """
    from orchestration.policy.library import PolicyLibrary
    from orchestration.policy.loading import PolicyRefusedError
    from orchestration.policy.stale import stale as stale_days
    from orchestration.settings import SettingsError
    from orchestration.wiring.landed import remembered, unbroken
    from orchestration.wiring.versions_used import versions_used

    try:
        settings = settings_of(home)
        library = PolicyLibrary.load(settings.policy_folders)
    except SettingsError as error:
        stop(str(error))
    except PolicyRefusedError as refused:
        stop(f"{refused}\nthe rule book is refused, so it judges no day; mend what is named above")
    used = versions_used(settings.lake)
    by_change: dict[str, list[date]] = {}
    for each in stale_days(used, library):
        by_change.setdefault(each.change(), []).append(each.business_day)
    for change, days in by_change.items():
        spans = ", ".join(map(str, unbroken(days)))
        out.print(f"{spans}: {change}", highlight=False, markup=False, soft_wrap=True)
    processed = {day for day, _ in used}
    count = len({day for days in by_change.values() for day in days})
    err.print(f"{count} of {len(processed)} processed days are stale", highlight=False)
    unknown = sorted(set(remembered(settings.lake)) - processed)
    if unknown:
        err.print(
            f"by which versions these days were judged is not known, run them again to know it: "
            f"{', '.join(map(str, unbroken(unknown)))}",
            highlight=False,
            soft_wrap=True,
        )
