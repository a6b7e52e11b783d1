"""What upheld appeals say of words, as labelled texts to train on."""

from collections.abc import Iterator

import duckdb

from orchestration.appeals.codes import clears_words
from orchestration.classification.labels import LabelledFeedback
from orchestration.records.scope import Scope
from orchestration.wiring.asked import asked

# The last event of an appeal tells the reason it was upheld for; a second round may give another.
_UPHELD = """
select upheld.platform, upheld.feedback_key, heard.shop_key, max_by(heard.reason_code, heard.seq) as reason
from appeals.upheld_feedback as upheld
inner join appeals.appeal_events as heard on upheld.appeal_key = heard.appeal_key
group by upheld.platform, upheld.feedback_key, upheld.appeal_key, heard.shop_key
order by all
"""


def cleared_texts(connection: duckdb.DuckDBPyConnection, scope: Scope) -> Iterator[LabelledFeedback]:
    """The texts of feedback that was upheld to be no complaint, by key; of the scope's shops alone.

    An order's appeal clears all of its feedback that counted. What has no words is left out.
    """
    keys = [
        key
        for platform, key, shop, reason in connection.execute(_UPHELD).fetchall()
        if clears_words(platform, reason) and scope.of([shop])
    ]
    for key, item in asked(connection, sorted(set(keys))).items():
        if item.consumer_text.strip():
            yield LabelledFeedback.model_validate(
                {
                    "id": key,
                    "text": item.consumer_text,
                    "negative": False,
                    "channel": item.channel,
                    "source": "upheld_appeal",
                }
            )
