"""What makes further tickets graver, step by step, and what each step adds."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from orchestration.policy.parts import Cited, Measure, Part, Positive, refuse, refuse_twice
from orchestration.policy.vocabulary import NEEDS_A_PERSON, EscalationInput


class EscalationStep(Part):
    """From so much of one input on, these measures come on top of what the rule orders."""

    severity: Annotated[int, Field(strict=True, ge=1, le=3)] | None = None
    """The severity of the rule, from this one up."""
    failed_appeals_90d: Positive | None = None
    """The appeals that the shop lost in the 90 days before the decision, from so many up."""
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    human_review: Literal["required", "none"] = "none"

    @model_validator(mode="after")
    def _goes_by_one_input(self) -> Self:
        given = [name for name in ("severity", "failed_appeals_90d") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refuse(
                "bad_value",
                f"a step goes by one input, and this one by {' and '.join(given) or 'none'}",
                "Write `severity: 3` or `failed_appeals_90d: 3`, each in a step of its own.",
            )
        for index, measure in enumerate(self.measures):
            if measure.code in NEEDS_A_PERSON and self.human_review != "required":
                raise refuse(
                    "human_review_missing",
                    f"the step from {self.input} {self.at_least} orders '{measure.code}' without a "
                    "person's confirmation",
                    "Add `human_review: required`.",
                    ("measures", index),
                )
        return self

    @property
    def input(self) -> EscalationInput:
        """What it goes by."""
        return "severity" if self.severity is not None else "failed_appeals_90d"

    @property
    def at_least(self) -> int:
        """How much of it."""
        return self.severity or self.failed_appeals_90d or 0


class Escalation(Part):
    """What makes further tickets graver."""

    by: Annotated[tuple[EscalationInput, ...], Field(min_length=1)]
    steps: Annotated[tuple[EscalationStep, ...], Field(min_length=1)]
    """Each that is reached adds its measures; of one input the highest reached speaks alone."""
    sources: Cited

    @model_validator(mode="after")
    def _names_what_it_goes_by(self) -> Self:
        refuse_twice("by", self.by)
        seen: set[tuple[str, int]] = set()
        for index, step in enumerate(self.steps):
            if step.input not in self.by:
                raise refuse(
                    "bad_value",
                    f"a step goes by '{step.input}', which `by` does not list",
                    f"Add {step.input} to `by:`, or take the step out.",
                    ("steps", index, step.input),
                )
            if (step.input, step.at_least) in seen:
                raise refuse(
                    "named_twice",
                    f"two steps begin at {step.input} {step.at_least}",
                    "Join their measures, or let one begin later.",
                    ("steps", index, step.input),
                )
            seen.add((step.input, step.at_least))
        for index, name in enumerate(self.by):
            if name not in {step.input for step in self.steps}:
                raise refuse(
                    "value_missing",
                    f"tickets are said to grow graver by '{name}', and no step says from when",
                    f"Add a step with `{name}:`, or take it out of `by:`.",
                    ("by", index),
                )
        return self
