import json

import pytest

from rag.errors import ConfigError
from rag.evaluation.dataset import read_dataset

ABLE = {"id": "a", "question": "Who won?", "answers": ["Ann", "Ann Lee"], "gold_ids": ["x"]}
UNABLE = {"id": "b", "question": "Who lost?", "label": "unanswerable"}


def write(folder, *rows, name="questions.jsonl"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_all_fields_are_read(tmp_path):
    row = ABLE | {"speaker": "Ann", "evidence": "Ann won.", "asked": "2024-02-26", "part": "tune"}
    write(tmp_path, row, "", UNABLE)
    dataset = read_dataset(tmp_path)
    able, unable = dataset.questions
    assert (able.id, able.text, able.answerable) == ("a", "Who won?", True)
    assert (able.answers, able.gold) == (("Ann", "Ann Lee"), ("x",))
    assert (able.speaker, able.evidence, able.part) == ("Ann", "Ann won.", "tune")
    assert able.asked.isoformat() == "2024-02-26"
    assert not unable.answerable
    assert dataset.corpus is None
    assert dataset.name == tmp_path.name


def test_answers_or_gold_alone_make_a_question_answerable(tmp_path):
    write(tmp_path, {"question": "One?", "gold_ids": ["x"]}, {"question": "Two?", "answers": ["2"]})
    one, two = read_dataset(tmp_path).questions
    assert one.answerable
    assert two.answerable
    assert (one.id, two.id) == ("1", "2")  # the lines, where no id is given


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "list, not an object"),
        ({"id": "c", "answers": ["x"]}, "no question"),
        ({"question": "  ", "answers": ["x"]}, "no question"),
        ({"question": 3}, "question is int, not text"),
        ({"question": "Why?"}, "nothing to measure"),
        ({"question": "Why?", "label": "perhaps"}, "label is 'perhaps'"),
        ({"question": "Why?", "answers": "x"}, "answers is not a list of texts"),
        ({"question": "Why?", "gold_ids": [1]}, "gold_ids is not a list of texts"),
        (UNABLE | {"answers": ["x"]}, "unanswerable, but with answers"),
        (ABLE | {"asked": "Tuesday"}, "asked is 'Tuesday'"),
        (ABLE, "the id 'a' stands at"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(tmp_path, line, why):
    path = write(tmp_path, ABLE, line)
    with pytest.raises(ConfigError) as caught:
        read_dataset(tmp_path)
    assert str(caught.value).startswith(f"{path}:2: ")
    assert why in str(caught.value)


def test_other_bytes_than_utf_8_are_named(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(b'{"question": "Qu\xe9?", "answers": ["x"]}\n')
    with pytest.raises(ConfigError, match=r"questions\.jsonl:1: not UTF-8"):
        read_dataset(tmp_path)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere is not a folder"):
        read_dataset(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"questions\.jsonl cannot be read"):
        read_dataset(tmp_path)
    write(tmp_path, "")
    with pytest.raises(ConfigError, match="has no questions"):
        read_dataset(tmp_path)


def test_a_part_takes_its_questions_alone(tmp_path):
    write(tmp_path, ABLE | {"part": "tune"}, UNABLE | {"part": "report"})
    assert [q.id for q in read_dataset(tmp_path, part="report").questions] == ["b"]
    with pytest.raises(ConfigError, match=r"no question of the part 'x', only of: report, tune"):
        read_dataset(tmp_path, part="x")


def test_files_of_questions_stand_in_the_place_of_the_folders_own(tmp_path):
    write(tmp_path, ABLE)
    write(tmp_path, "{}", name="corpus.jsonl")
    other = write(tmp_path / "other", UNABLE, name="other.jsonl")
    dataset = read_dataset(tmp_path, [other])
    assert [q.id for q in dataset.questions] == ["b"]
    assert dataset.corpus == tmp_path / "corpus.jsonl"
    both = read_dataset(None, [tmp_path / "questions.jsonl", other])
    assert [q.id for q in both.questions] == ["a", "b"]
    assert both.corpus is None


def test_the_hash_tells_data_and_parts_apart_but_not_places(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name, ABLE | {"part": "tune"}, UNABLE)
    one, two = (read_dataset(tmp_path / name) for name in ("one", "two"))
    assert one.sha256 == two.sha256
    assert one.sha256 != read_dataset(tmp_path / "one", part="tune").sha256
    write(tmp_path / "two", ABLE | {"part": "tune"}, UNABLE, name="corpus.jsonl")
    assert one.sha256 != read_dataset(tmp_path / "two").sha256
    write(tmp_path / "one", ABLE | {"part": "tune"}, UNABLE | {"question": "Who?"})
    assert one.sha256 != read_dataset(tmp_path / "one").sha256
