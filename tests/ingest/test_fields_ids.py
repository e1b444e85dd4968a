from __future__ import annotations

import json

from rag.ingest import read_bytes


def test_row_numbers_of_two_exports_do_not_replace_each_other():
    first, second = (
        json.dumps({"id": 1, "url": f"https://a.example/{name}", "text": f"{name} won."}).encode()
        for name in ("Ann", "Bob")
    )
    (one,) = read_bytes(first, "one.jsonl")
    (two,) = read_bytes(second, "two.jsonl")
    assert one.id != two.id


def test_a_number_is_the_id_of_a_record_without_a_url():
    (article,) = read_bytes(b'{"id": 17, "text": "Ann won."}', "one.jsonl")
    assert article.id == "17"
