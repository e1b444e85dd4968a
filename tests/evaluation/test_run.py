"""Questions asked of a real archive, and the report that is made of what came."""

import json
from contextlib import ExitStack

import pytest
from makers import HashEmbedder

from rag import Answer, Archive, Article, Citation, Settings
from rag.evaluation.dataset import Dataset, Question
from rag.evaluation.figures import FIGURES, LOWER_IS_BETTER, compute
from rag.evaluation.report import build, table
from rag.evaluation.run import Outcome, ask, run, worst

TEXTS = {
    "dam": "Inspector Emil Rasko warned the water authority in March that the chain was rusting. "
    "Repairing the gate would have cost 3.6 million talers.",
    "cup": "Sellhaven Mariners won the Calvoran Cup on Saturday, beating Brenmark Athletic 2-1.",
    "ferry": "Ferry fares from Sellhaven rise by 4 per cent in June, the company said.",
}
WARNED = Question(
    "w", "Who warned that the chain was rusting?", True, ("Emil Rasko",), ("dam",), speaker="Rasko"
)
WON = Question("c", "Who won the Calvoran Cup?", True, ("Sellhaven Mariners",), ("cup",))
NOBODY = Question("n", "Which comet did Yevgenia Zblk discover in 1871?", False)


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """A small index opened twice: to answer nothing, and to answer everything.

    Where the bar stands between these is the reader's business, and not under test here.
    """
    folder = tmp_path_factory.mktemp("index")
    with ExitStack() as stack:
        opened = [
            stack.enter_context(
                Archive.open(folder, embedder=HashEmbedder(), settings=Settings(threshold))
            )
            for threshold in (1.0, 0.0)
        ]
        opened[0].add(Article(i, text, title=f"News of the {i}") for i, text in TEXTS.items())
        yield opened


def dataset(*questions):
    return Dataset("small", questions, None, None, "0" * 64)


def made_up(question, quote="", confidence=0.5, *, abstained=False, ranked=(), short=None):
    """An outcome as if that had been quoted."""
    article = Article("made-up", quote or "nothing")
    citation = Citation(1, article.text, 0, len(article.text), article)
    answer = Answer(
        question.text,
        "",
        () if abstained else (citation,),
        short=None if abstained else short,
        abstained=abstained,
        confidence=confidence,
    )
    would = Answer(question.text, "", (citation,), short=short, confidence=confidence)
    return Outcome(question, (), tuple(ranked), answer, would, 1, 1, {"ask": confidence})


@pytest.fixture
def willing(archives):
    """The index that answers everything, as both of the archives that are asked."""
    return archives[1], archives[1]


def test_a_question_is_searched_asked_and_timed(willing):
    outcome = ask(*willing, WARNED, k=2)
    assert outcome.ranked[0] == "dam"
    assert outcome.gold_rank == outcome.answer_rank == 1
    assert len(outcome.hits) == 2
    assert set(outcome.ranked) == TEXTS.keys()  # deeper than the 2 passages asked for
    assert outcome.right
    assert outcome.held
    assert outcome.exact == outcome.cited >= 1
    assert {"ask", "read", "words"} <= outcome.seconds.keys()


def test_where_users_get_no_answer_it_is_kept_what_would_have_been_quoted(archives):
    outcome = ask(*archives, NOBODY, k=10)
    assert not outcome.answered
    assert outcome.answer.citations == ()
    assert outcome.unbarred.citations
    assert not outcome.right
    assert outcome.unbarred.confidence == outcome.answer.confidence


def test_a_report_has_the_figures_that_the_questions_allow(willing):
    questions = (WARNED, WON, NOBODY)
    outcomes = list(run(*willing, questions))
    report = build(dataset(*questions), outcomes, willing[0], 10)
    figures = report["figures"]
    assert figures.keys() == FIGURES.keys()
    assert figures["hit@1"] | {"what": ""} == {
        "group": "Finding", "what": "", "value": 1.0, "n": 2, "low": 1.0, "high": 1.0,
    }  # fmt: skip
    assert figures["verbatim"]["value"] == 1
    assert figures["held"]["value"] == 1
    assert figures["attribution"]["n"] == 1
    assert report["complete"]
    assert report["index"]["articles"] == 3
    assert {"ask", "read", "words"} <= report["milliseconds"].keys()
    assert json.loads(json.dumps(report)) == report
    shown = "\n".join(table(report))
    assert shown.startswith("small: 3 of 3 questions asked of 3 articles")
    assert all(key in shown for key in FIGURES)


def test_gold_articles_alone_give_figures_of_finding(archives):
    question = Question("w", "chain rusting", True, (), ("dam",))
    report = build(dataset(question), list(run(*archives, [question])), archives[0], 10)
    keys = {key for key, (group, _) in FIGURES.items() if group == "Finding"}
    keys -= {"answer@1", "answer@5"}
    assert report["figures"].keys() - {"verbatim"} == keys | {"answered"}
    assert report["risk_coverage"] is None
    assert report["questions"][0]["held"] is None


def test_unanswerable_questions_alone_give_the_share_that_is_answered(archives):
    for opened, share in ((archives, 0), ((archives[1], archives[1]), 1)):
        figures = compute(list(run(*opened, [NOBODY]))).values
        assert figures.keys() - {"verbatim"} == {
            "answered_unanswerable", "risk_area", "calibration_error",
        }  # fmt: skip
        assert figures["answered_unanswerable"].value == share


def test_gold_articles_that_are_not_there_are_reported_and_count_as_missed(archives):
    question = Question("w", WARNED.text, True, (), ("lost", "dam"))
    report = build(dataset(question), list(run(*archives, [question])), archives[0], 10)
    assert report["absent_gold"] == ["lost"]
    assert report["figures"]["recall@10"]["value"] == 0.5
    assert "Not in the index, but said to answer: lost." in table(report)


def test_a_run_that_was_cut_short_says_so(archives):
    report = build(dataset(WARNED, WON), [ask(*archives, WARNED, 10)], archives[0], 10)
    assert not report["complete"]
    assert (report["asked"], report["dataset"]["questions"]) == (1, 2)
    assert any(line.startswith("PARTIAL") for line in table(report))


def test_answers_are_judged_by_what_they_quote():
    figures = compute(
        [
            made_up(WON, "Sellhaven Mariners won.", 0.9, short="the Sellhaven Mariners"),
            made_up(WARNED, "It rained.", 0.8, short="Emil"),
            made_up(WON, "Sellhaven Mariners won.", 0.2, abstained=True, short="Mariners"),
            made_up(NOBODY, "A comet was seen.", 0.7),
            made_up(NOBODY, "A comet was seen.", 0.1, abstained=True),
        ]
    ).values
    wanted = {
        "em": 1 / 3,
        "f1": (1 + 2 / 3) / 3,
        "held": 1 / 3,
        "em_answered": 1 / 2,
        "f1_answered": (1 + 2 / 3) / 2,
        "held_answered": 1 / 2,
        "em_unbarred": 1 / 3,
        "f1_unbarred": (1 + 2 / 3 + 2 / 3) / 3,
        "held_unbarred": 2 / 3,
        "attribution": 0,
        "answered": 2 / 3,
        "answered_unanswerable": 1 / 2,
        "auroc": 5 / 6,  # only 0.2 below 0.7
        # right are 0.9 and 0.2: 0, 1/2, 2/3, 1/2, 3/5 wrong among the surest 1 to 5
        "risk_area": (0 + 1 / 2 + 2 / 3 + 1 / 2 + 3 / 5) / 5,
        "calibration_error": (0.1 + 0.8 + 0.8 + 0.7 + 0.1) / 5,
    }
    assert {key: figures[key].value for key in wanted} == pytest.approx(wanted)


def test_a_speaker_may_be_named_with_a_quote_or_as_the_short_answer():
    def named(speaker, short):
        article = Article("a", "The chain was rusting.")
        quoted = Citation(1, article.text, 0, len(article.text), article, speaker)
        answer = Answer(WARNED.text, "", (quoted,), short=short)
        outcome = Outcome(WARNED, (), (), answer, answer, 1, 1, {})
        return compute([outcome]).values["attribution"].value

    assert named("Inspector Emil Rasko", None) == named(None, "Rasko") == 1
    assert named("Henrik Vass", "the chain") == named(None, None) == 0


def test_what_is_better_when_lower_is_known():
    assert LOWER_IS_BETTER < FIGURES.keys()


def test_the_worst_failures_come_first():
    bare = Question("bare", "chain", True, (), ("dam",))
    outcomes = [
        made_up(WON, "Sellhaven Mariners won.", 0.99),
        made_up(WARNED, "It rained.", 0.4),
        made_up(NOBODY, "A comet was seen.", 0.7),
        made_up(NOBODY, "A comet was seen.", 0.6, abstained=True),
        made_up(WON, "", 0.3, abstained=True, ranked=["cup"]),
        made_up(WARNED, "", 0.2, abstained=True, ranked=["cup"]),
        made_up(bare, "It rained.", 0.9, ranked=["cup", "dam"]),
        made_up(bare, "It rained.", 0.9, ranked=[str(n) for n in range(30)] + ["dam"]),
    ]
    found = [(kind, outcomes.index(outcome)) for kind, outcome in worst(outcomes)]
    assert found == [
        ("answered though unanswerable", 2),
        ("answered wrongly", 1),
        ("not answered", 5),
        ("not found", 7),
        ("not answered", 4),
    ]
    assert len(worst(outcomes, 2)) == 2


def test_medians_and_slow_ones_are_told_by_stage():
    outcomes = [made_up(WON, confidence=tenth / 10) for tenth in range(11)]
    assert compute(outcomes).milliseconds == {"ask": pytest.approx((500, 900))}
