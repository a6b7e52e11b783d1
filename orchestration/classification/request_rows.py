"""Judges the after-sale requests and complaints of a table, those that say the same once."""

from collections.abc import Iterator

import pyarrow as pa

from orchestration.classification.requests import (
    Reason,
    Request,
    judge_after_sale,
    judge_complaint,
    read_reason,
)
from orchestration.classification.spans import SpanFinder
from orchestration.classification.verdict import Verdict
from orchestration.classification.weighing import Reading, TextModel

# So many requests are objects at a time.
BATCH = 16_384
_COLUMNS = (
    "channel", "after_sale_kind", "reason_code", "reason_text", "text", "blame", "evidence_valid",
    "merchant_admitted",
)  # fmt: skip

_Asked = tuple[str, Request]


class RequestJudge:
    """Judges requests with one text model and the lexicon of reasons; a verdict depends on its row alone."""

    def __init__(self, texts: TextModel, reasons: SpanFinder) -> None:
        self._texts, self._reasons = texts, reasons

    def judge(self, requests: pa.Table) -> Iterator[Verdict]:
        """One verdict a row, in order."""
        for first in range(0, requests.num_rows, BATCH):
            yield from self._judge_batch(requests.slice(first, BATCH))

    def _judge_batch(self, requests: pa.Table) -> Iterator[Verdict]:
        asked = [
            (channel, Request(kind, code, reason, text, blame, bool(valid or admitted)))
            for channel, kind, code, reason, text, blame, valid, admitted in zip(
                *(requests[name].to_pylist() for name in _COLUMNS), strict=True
            )
        ]
        verdicts = self._verdicts(list(dict.fromkeys(asked)))
        return (verdicts[one] for one in asked)

    def _verdicts(self, distinct: list[_Asked]) -> dict[_Asked, Verdict]:
        texts = [request.text for _, request in distinct]
        # Only who asks for a refund is heard by the words of the reason too.
        texts += [request.reason_text for channel, request in distinct if channel == "after_sale"]
        readings = self._texts.readings([text for text in dict.fromkeys(texts) if text])
        reasons: dict[tuple[str | None, str | None], Reason] = {}
        verdicts: dict[_Asked, Verdict] = {}
        for channel, request in distinct:
            given = request.reason_text, request.reason_code
            reason = reasons.get(given)
            if reason is None:
                reason = reasons[given] = read_reason(*given, self._reasons)
            verdicts[channel, request] = _verdict(channel, request, reason, readings)
        return verdicts


def _verdict(channel: str, request: Request, reason: Reason, readings: dict[str, Reading]) -> Verdict:
    reading = readings.get(request.text or "")
    if channel == "after_sale":
        return judge_after_sale(request, reason, reading, readings.get(request.reason_text or ""))
    return judge_complaint(request, reason, reading)
