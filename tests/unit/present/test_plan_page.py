"""The HTML page: one self-contained page that everybody can read, on screen, phone and paper."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Literal

import pytest

from made.courses import person, record
from made.everything import HF, KOL, SECRET, WORDS, everything
from made.pages import Page
from vardforlopp.adapters.plan_files import page_templates
from vardforlopp.contract.person import PersonPlan
from vardforlopp.definitions.catalogue import Definitions
from vardforlopp.kernel.civil import civil, day_from_iso
from vardforlopp.present.plan_html import css_string, plan_html
from vardforlopp.present.plan_view import plan_view
from vardforlopp.present.voice import Voice
from vardforlopp.record.record import Patient

Lang = Literal["sv", "en"]
LANGS: tuple[Lang, ...] = ("sv", "en")


def html_of(made: PersonPlan, known: Definitions, lang: Lang = "sv") -> str:
    voice = Voice(known, lang)
    view = plan_view(made, voice, pathways=(HF, KOL), version="0.1.0")
    return plan_html(view, voice, templates=page_templates())


@cache
def html(lang: Lang = "sv") -> str:
    return html_of(*everything(), lang)


@pytest.fixture(params=LANGS)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(html(request.param))


def test_the_page_is_well_formed(page: Page) -> None:
    """Every element is closed, no attribute stands twice, no id is used twice."""
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]

    assert page.faults == []
    assert len(ids) == len(set(ids))


def test_the_page_asks_for_nothing(page: Page) -> None:
    """No script, no font, no picture, no style and no request from anywhere else."""
    names = {tag for tag, _ in page.elements}
    targets = [attrs.get("href") or attrs.get("src") or "" for _, attrs in page.elements]

    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    assert all(target.startswith(("#", "tel:")) or not target for target in targets)
    assert not re.search(r"url\(|@import|@font-face|https?://", html())


def assert_links_lead(page: Page) -> None:
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    inner = [attrs["href"] for attrs in page.all("a") if (attrs.get("href") or "").startswith("#")]

    assert inner
    assert {(target or "")[1:] for target in inner} <= ids


def test_every_link_leads_somewhere_on_the_page(page: Page) -> None:
    """The skip link and the numbers of the summary reach a heading."""
    assert_links_lead(page)


def test_without_a_plan_the_skip_link_leads_to_the_content() -> None:
    """A person in no pathway has a page, too."""
    _, known = everything()
    page = Page(html_of(person(), known))

    assert "plan" not in {attrs.get("id") for _, attrs in page.elements}
    assert_links_lead(page)


def test_one_h1_opens_the_title(page: Page) -> None:
    """The page is about one person, and says so first."""
    assert page.said("title").startswith(page.said("h1"))
    assert page.headings().count(1) == 1
    assert page.headings()[0] == 1


def test_headings_never_skip_a_level(page: Page) -> None:
    """Who reads by headings finds the way."""
    assert all(after <= before + 1 for before, after in pairwise(page.headings()))


def test_the_language_is_told() -> None:
    """On the root, once a language."""
    assert [Page(html(lang)).all("html")[0]["lang"] for lang in LANGS] == ["sv", "en"]


def test_landmarks_and_tables_have_names(page: Page) -> None:
    """Sections and tables say what they are; columns have scope."""
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}

    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in page.elements}
    assert all(attrs.get("aria-labelledby") in ids for attrs in page.all("section"))
    assert len(page.all("caption")) + sum("aria-labelledby" in t for t in page.all("table")) == len(
        page.all("table")
    )
    assert all(attrs.get("scope") == "col" for attrs in page.all("th"))


def test_style_is_logical() -> None:
    """No left or right: the page can be mirrored for other scripts."""
    assert not re.search(r"\b(left|right)\b", page_templates()["plan.css"])


def test_what_people_wrote_is_shown_as_written_and_never_run() -> None:
    """Own words are text, whatever characters they hold."""
    assert "<b>gå</b>" not in html()
    assert WORDS in Page(html()).said()


def test_the_plan_shows_each_thing_once_with_both_origins() -> None:
    """Joined activities name both pathways."""
    said = Page(html()).said()

    assert said.count("gäller 2 förlopp") == 1


def test_S03_unknown_is_loud() -> None:
    """Unknown steps have a number, a group and a section of their own, with the missing data named."""
    said = Page(html()).said()

    assert "2 oklara åtgärder" in said
    assert "Oklart om det behövs 2" in said
    assert re.search(
        r"EF \(mätningar; [^)]*\) behövs för åtgärderna ”Aterbesok” \(Kol\), ”Nyha” \(Hjart", said
    )


def test_S09_the_sheet_holds_nothing_that_only_staff_may_see() -> None:
    """Neither suggestions nor staff-only steps reach the page that the person takes home."""
    staff, _, sheet = html().partition('<aside class="sheet"')

    assert SECRET in staff
    assert SECRET not in sheet
    assert "Kol" in staff
    assert "Kol" not in sheet


def test_S07_nothing_on_the_page_promises(page: Page) -> None:
    """Times are goals; the words of law are left to the law."""
    assert not re.search(
        r"\b(garanti\w*|senast|rätt till|guarantee\w*|entitled)\b", page.said(), re.IGNORECASE
    )


def test_S12_what_was_checked_is_told_with_the_list_it_rests_on() -> None:
    """And over-the-counter drugs are asked for."""
    said = Page(html()).said()

    assert "2 regler om krockar har prövats" in said
    assert "Läkemedelslistan: Läkemedelslistan, hämtad 10\u00a0mars\u00a02026".replace("\u00a0", " ") in said
    assert "receptfria läkemedel" in said


def test_paper_equals_screen() -> None:
    """The sheet ends the page, in the order of the paper, with the emergency numbers."""
    said = Page(html()).said()
    parts = [
        "Det här är viktigt för mig", "Vem gör vad", "Nästa steg", "Hit vänder jag mig", "Om jag blir sämre",
        "ring 112",
    ]  # fmt: skip
    sheet = said[said.rindex("Min överenskommelse") :]
    places = [sheet.index(part) for part in parts]

    assert places == sorted(places)


def test_S10_the_page_of_the_dead_plans_nothing_and_names_the_last_day_alive() -> None:
    """No numbers, no plan, no sheet; the last day alive is named."""
    _, known = everything()
    died = civil(day_from_iso("2026-02-03"))
    born = day_from_iso("1950-01-01")
    made = person(record=record(patient=Patient("Patient/x", born, born, "male", died, "Börje Borta")))
    page = Page(html_of(made, known))

    assert "2 februari 2026" in page.said().replace("\u00a0", " ")
    assert page.all("aside") == []
    assert page.all("nav") == []
    assert "76 år" in page.said()


def test_every_printed_page_says_whose_it_is_of_which_day_and_its_number() -> None:
    """The head of each sheet of paper; what people wrote cannot end the style."""
    head = Page(html()).all("html")[0]["style"] or ""
    paper = page_templates()["plan.css"].partition("@media print")[2]

    assert r"Astrid\20 Påhittad" in head
    assert r"10\a0 mars\a0 2026" in head
    assert "content: var(--page-head)" in paper
    assert "counter(page)" in paper
    assert css_string('</style>"') == r"'\3c \2f style\3e \22 '"


def test_print_opens_every_reason_and_reads_at_arm_s_length() -> None:
    """Nothing that can be opened on screen is dropped on paper; the text is 12 points."""
    paper = page_templates()["plan.css"].partition("@media print")[2]

    assert "details::details-content { content-visibility: visible" in paper
    assert not re.search(r"details(?!-marker)[^{]*\{ display: none", paper)
    assert "body { background: #fff; font-size: 12pt" in paper


def test_every_box_of_the_sheet_has_a_line_to_write_on() -> None:
    """What is filled in is a beginning: the pen has room in each."""
    sheet = html().partition('<aside class="sheet"')[2]
    boxes = sheet.partition('class="sign"')[0].split('<div class="box')[1:]

    assert len(boxes) == 5
    assert all('class="rule"' in box for box in boxes)


def test_a_page_of_nothing_is_calm_and_whole() -> None:
    """A person whom no pathway concerns gets a whole page, with an empty sheet to write on."""
    _, known = everything()
    page = Page(html_of(person(), known))

    assert page.faults == []
    assert "Inget av vårdförloppen berör personen" in page.said()
    assert "Min överenskommelse" in page.said()
