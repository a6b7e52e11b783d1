"""A chat is judged by what is told and how it ends, never by one bad word."""

from datetime import UTC, datetime

import pytest

from orchestration.classification.classifier import Classifier
from tests.unit.classification.said import said_of_chat, turns

C, A, B = "consumer", "agent", "bot"


@pytest.mark.parametrize(
    ("chat", "guard"),
    [
        pytest.param(
            turns((C, "这个用不了啊，按了没反应"), (A, "亲，您先长按电源键三秒"), (C, "可以了，谢谢")),
            "usage_question", id="S78 taught, accepted",
        ),
        pytest.param(
            turns(
                (C, "支架老往下滑，怎么固定"), (A, "亲，先拧紧螺丝，再撕掉背胶按一分钟"),
                (C, "还有别的要注意的吗"), (A, "没有了，有问题随时找我"), (C, "嗯好"),
            ),
            "usage_question", id="S79 asked in use, patiently answered",
        ),
        pytest.param(
            turns((C, "你好，这个架子怎么安装"), (A, "先把底座对准卡扣，再往右旋转"), (C, "好的谢谢")),
            "usage_question", id="S65 installation",
        ),
        pytest.param(
            turns((C, "请问这款尺寸多大"), (A, "亲，尺寸是长三十厘米"), (C, "知道了，谢谢")),
            "spec_question", id="S65 specification",
        ),
        pytest.param(
            turns((C, "是不是少发了一件"), (A, "亲，分两层放的，您看隔板下面"), (C, "找到了，误会你们了")),
            "misunderstanding", id="S66 thought short",
        ),
        pytest.param(
            turns((C, "上面一层东西，是不是坏的"), (A, "那是保护膜，撕掉就好"), (C, "原来是保护膜，谢谢")),
            "misunderstanding", id="S66 thought broken",
        ),
    ],
)  # fmt: skip
def test_the_seed_dialogues_are_guarded(classifier: Classifier, chat: list, guard: str) -> None:
    said = said_of_chat(classifier, chat)
    assert (said.decision, said.guard) == ("guarded", guard)
    assert said.spans[0]["field"].startswith("message:m")


def test_a_question_that_was_not_answered_is_not_guarded(classifier: Classifier) -> None:
    said = said_of_chat(classifier, turns((C, "这个怎么安装"), (A, "亲，在的"), (C, "好的谢谢")))
    assert said.guard is None


def test_a_fault_that_is_not_cleared_is_negative(classifier: Classifier) -> None:
    chat = turns((C, "收到就是坏的，用不了"), (A, "您长按三秒试一下"), (C, "还是不行，没反应，质量太差了"))
    said = said_of_chat(classifier, chat)
    assert (said.decision, said.issues[0]) == ("negative", "damaged_on_arrival")


def test_an_established_problem_counts_though_it_was_put_right(classifier: Classifier) -> None:
    chat = turns(
        (C, "你们发错货了"), (A, "核实了，是我们发错了"), (C, "那怎么办"), (A, "给您补发"), (C, "行吧")
    )
    said = said_of_chat(classifier, chat)
    assert (said.decision, said.issues) == ("negative", ("wrong_item",))


def test_an_offer_to_put_it_right_admits_the_problem(classifier: Classifier) -> None:
    admitted, plain = (
        said_of_chat(classifier, turns((C, "你们发错货了"), (A, answer), (C, "嗯")))
        for answer in ("给您补发", "在的")
    )
    assert admitted.probability > plain.probability


@pytest.mark.parametrize(
    "chat",
    [
        turns((C, "什么时候发货"), (A, "今天发"), (C, "好的")),
        turns((C, "我要改地址"), (A, "好的帮您改"), (C, "谢谢")),
        turns((C, "可以开发票吗"), (A, "可以的亲"), (C, "好的谢谢")),
        turns((C, "垃圾桶那款有货吗"), (A, "有的亲"), (C, "好的")),
    ],
)
def test_an_ordinary_request_is_not_negative(classifier: Classifier, chat: list) -> None:
    assert said_of_chat(classifier, chat).decision in ("not_negative", "guarded")


def test_one_bad_word_does_not_make_a_chat_negative(classifier: Classifier) -> None:
    assert said_of_chat(classifier, turns((C, "烦死了"), (A, "您好，请问怎么了"))).decision != "negative"
    twice = turns((C, "烦死了"), (A, "您好，请问怎么了"), (C, "气死我了，骗子"))
    assert said_of_chat(classifier, twice).decision == "negative"


@pytest.mark.parametrize(
    ("agent", "issue"),
    [
        ("这个不归我们管，您找快递", "shirking"),
        ("爱买不买，你去投诉吧", "rude_or_mocking"),
        ("特价商品不退不换，不支持退货", "unjustified_refusal"),
    ],
)
def test_what_agents_say_counts_when_the_consumer_is_dissatisfied(
    classifier: Classifier, agent: str, issue: str
) -> None:
    upset = turns(
        (C, "坏了你们管不管"), (A, agent), (C, "什么态度，太失望了"), (A, "就这样"), (C, "我要投诉你们")
    )
    said = said_of_chat(classifier, upset)
    assert said.decision == "negative"
    assert issue in said.issues
    calm, plain = (
        said_of_chat(classifier, turns((C, "今天能送到吗"), (A, answer), (C, "好的谢谢")))
        for answer in (agent, "能")
    )
    assert calm.decision == "not_negative"
    assert calm.probability == plain.probability


def test_an_empty_phrase_counts_from_the_second_time(classifier: Classifier) -> None:
    once = turns(
        (C, "怎么还不处理"), (A, "请耐心等待"), (C, "太失望了，骗人"), (A, "在看了"), (C, "我要投诉你们")
    )
    assert "perfunctory_reply" not in said_of_chat(classifier, once).issues
    twice = turns(
        (C, "怎么还不处理"),
        (A, "请耐心等待"),
        (C, "太失望了，骗人"),
        (A, "请您耐心等待"),
        (C, "我要投诉你们"),
    )
    assert "perfunctory_reply" in said_of_chat(classifier, twice).issues


def test_the_same_answer_three_times_is_evasion(classifier: Classifier) -> None:
    same = (A, "亲，您的心情我们理解")
    chat = turns((C, "钱什么时候退"), same, (C, "到底什么时候"), same, (C, "骗子"), same, (C, "我要投诉你们"))
    said = said_of_chat(classifier, chat)
    assert "亲，您的心情我们理解" in said.words("perfunctory_reply")


def _waits(said) -> list[str]:
    return [span["span_text"] for span in said.spans if span["kind"] == "wait_seconds"]


@pytest.mark.parametrize(("seconds", "waits"), [(599, []), (600, ["600"]), (2_000, ["2000"])])
def test_ten_minutes_without_an_answer_are_no_reply(
    classifier: Classifier, seconds: int, waits: list[str]
) -> None:
    chat = turns((C, "东西坏了怎么处理"), (A, "亲，请讲", seconds), (C, "等太久了，什么服务态度"))
    said = said_of_chat(classifier, chat)
    assert _waits(said) == waits


def test_who_thanks_in_the_end_did_not_wait_too_long(classifier: Classifier) -> None:
    slow, quick = (
        said_of_chat(classifier, turns((C, "能改地址吗"), (A, "改好了亲", seconds), (C, "好的谢谢")))
        for seconds in (1_200, 60)
    )
    assert slow.decision == "not_negative"
    assert slow.probability == quick.probability


def test_the_night_is_no_waiting_time(classifier: Classifier) -> None:
    late = datetime(2026, 9, 3, 14, 54, tzinfo=UTC)  # 22:54 in Shanghai
    chat = turns((C, "坏了怎么办"), (A, "亲，请讲", 9 * 3600 + 8 * 60), (C, "太差劲了"), start=late)
    assert _waits(said_of_chat(classifier, chat)) == []


def test_nobody_is_silent_while_service_is_closed(classifier: Classifier) -> None:
    night = datetime(2026, 9, 3, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    said = said_of_chat(classifier, turns((C, "有人在吗"), (C, "怎么没人回"), start=night))
    assert "no_reply" not in said.issues


def test_a_question_that_nobody_answered_all_day_is_no_reply(classifier: Classifier) -> None:
    said = said_of_chat(classifier, turns((C, "坏了怎么处理"), (C, "有人吗", 1_200), (C, "太失望了", 1_200)))
    assert said.decision == "negative"
    assert _waits(said)
    assert "no_reply" in said.issues


def test_a_bots_words_are_no_answer_of_an_agent(classifier: Classifier) -> None:
    chat = turns((C, "坏了怎么处理"), (B, "为您转接"), (A, "亲，在的", 1_500), (C, "什么服务，等这么久"))
    assert _waits(said_of_chat(classifier, chat)) == ["1560"]


@pytest.mark.parametrize("stars", [1, 2, 3])
def test_low_stars_for_the_agent_are_a_dissatisfied_session(classifier: Classifier, stars: int) -> None:
    said = said_of_chat(classifier, turns((C, "我要改地址"), (A, "改不了")), stars)
    assert said.decision == "negative"
    assert said.tags[0]["dimension"] == "service"
    assert (said.spans[0]["field"], said.spans[0]["kind"]) == ("rating_service", "rating")


def test_stars_for_the_bot_say_nothing_of_the_agent(classifier: Classifier) -> None:
    chat = turns((C, "我要改地址"), (A, "改好了"), (C, "好的谢谢"))
    assert said_of_chat(classifier, chat, 1, rated_scope="bot").decision == "not_negative"


def test_low_stars_without_a_message_are_negative(classifier: Classifier) -> None:
    assert said_of_chat(classifier, [], 1).decision == "negative"
    assert said_of_chat(classifier, []).decision == "not_negative"


def test_messages_are_read_in_their_order_not_in_that_of_the_rows(classifier: Classifier) -> None:
    chat = turns((C, "你们是不是少发了一件"), (A, "您看下隔板下面"), (C, "找到了，误会了"))
    assert said_of_chat(classifier, chat[::-1]) == said_of_chat(classifier, chat)
