"""Every Vietnamese sentence of the screens has its English one."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from data.reference import reference
from data.schema import FACILITY_KIND_WORDS, REASONS
from display.words import CATALOGS, words
from queries.questions import metric_definition, metric_names

ROOT = Path(__file__).parents[1]
WAYS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with (CATALOGS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    return {str(message.id): str(message.string) for message in catalog if message.id}


@pytest.fixture(scope="module")
def said() -> set[str]:
    """What the code says in Vietnamese, and what it takes from the reference words."""
    sentences = set(REASONS.values()) | set(FACILITY_KIND_WORDS)
    sentences |= {metric_definition(name).source for name in metric_names()}
    sentences |= set(reference("signing_rules")["document"])
    for folder, ways in [("display", WAYS), ("pages", WAYS), ("", [("app.py", "python")])]:
        found = extract_from_dir(ROOT / folder, method_map=ways, keywords={"_": None})
        sentences |= {str(message) for _file, _line, message, _comments, _context in found}
    return sentences


def blanks(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


def test_every_sentence_has_english_words(said, english):
    assert {sentence for sentence in said if not english.get(sentence)} == set()


def test_no_english_words_are_left_over(said, english):
    assert set(english) - said == set()


def test_both_languages_have_the_same_blanks(english):
    assert {vi: en for vi, en in english.items() if blanks(vi) != blanks(en)} == {}


def test_vietnamese_is_said_as_it_stands_and_english_as_in_the_catalog():
    assert words("vi")("Tổng quan") == "Tổng quan"
    assert words("en")("Tổng quan") == "Overview"


def test_a_language_that_is_not_there_is_refused_by_name():
    with pytest.raises(KeyError, match="'fr'"):
        words("fr")
