"""A run's log for a person at a terminal: steps, warnings and failures, one line each."""

import logging
import sys
import time

import dagster as dg
from dagster import DagsterEventType, InitLoggerContext

_PLAIN = logging.Formatter("%(message)s")


class _StepLines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)  # steps start and end at debug level
        self._started: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        line = self._line(record)
        if line is not None:
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    def _line(self, record: logging.LogRecord) -> str | None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event") if isinstance(meta, dict) else None
        step = (meta.get("step_key") if isinstance(meta, dict) else None) or "run"
        if event is None and record.levelno < logging.INFO:
            return None
        if event is None:
            message = meta.get("orig_message") if isinstance(meta, dict) else None
            return f"    {message or record.getMessage()}"
        if event.event_type == DagsterEventType.STEP_START:
            self._started[step] = time.monotonic()
            return f"  > {step}"
        if event.event_type == DagsterEventType.STEP_SUCCESS:
            taken = time.monotonic() - self._started.get(step, time.monotonic())
            return f"  ok {step} ({taken:.1f} s)" if taken >= 1 else None
        if event.event_type in (DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE):
            return f"  FAILED {step}: {_cause(event)}"
        return None


def _cause(event: dg.DagsterEvent) -> str:
    error = getattr(event.event_specific_data, "error", None)
    failure = getattr(event.event_specific_data, "user_failure_data", None)
    if failure is not None and failure.description:
        return failure.description
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(error.message.split()) if error is not None else str(event.message)


def _one_line_a_step(init_context: InitLoggerContext) -> logging.Logger:  # noqa: ARG001
    logger = logging.Logger("ccr", level=logging.DEBUG)
    logger.addHandler(_StepLines())
    return logger


# replaces Dagster's console lines, of which a backfill writes thousands
progress_logger = dg.LoggerDefinition(
    _one_line_a_step, description="Steps, warnings and failures, one line each."
)
