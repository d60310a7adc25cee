"""What a server answers to a search, asked page after page, as the expectations write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import yaml

Json = dict[str, Any]
Pairs = Sequence[tuple[str, str]]
#: (type, pairs of the query, by POST) -> status and body.
Search = Callable[[str, Pairs, bool], tuple[int, Json]]
#: More than any type of the examples has: one page unless pages are asked for.
ALL = "5000"


class Answers(NamedTuple):
    """All pages of a search; or its refusal, and no pages."""

    pages: list[Json]
    refusal: Json | None = None

    def of(self, mode: str) -> list[list[str]]:
        """`Type/id` of the entries of a mode, page by page."""
        return [
            [
                f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
                for entry in page.get("entry", ())
                if entry["search"]["mode"] == mode
            ]
            for page in self.pages
        ]


def expectations(folder: Path, *, base: str) -> Iterator[tuple[str, Json]]:
    """Each query with its file's name; `[base]` is the server's address."""
    for path in sorted(folder.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            yield path.stem, {**case, "ask": case["ask"].replace("[base]", base)}


def answers(case: Json, search: Search) -> Answers:
    """Ask, and follow the links to the next page."""
    kind, _, query = case["ask"].partition("?")
    pairs: list[tuple[str, str]] = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        pairs.append((name, value))
    if not any(name == "_count" for name, _ in pairs):
        pairs.append(("_count", ALL))
    found = Answers([])
    while True:
        status, body = search(kind, pairs, bool(case.get("post")))
        if status != 200:
            return Answers([], body)
        found.pages.append(body)
        following = [link["url"] for link in body.get("link", ()) if link["relation"] == "next"]
        if not following:
            return found
        pairs = parse_qsl(following[0].partition("?")[2], keep_blank_values=True)


def differences(case: Json, got: Answers) -> list[str]:
    """What is otherwise than expected, in words; none when all is well."""
    if "refused" in case:
        named = got.refusal is not None and case["refused"] in json.dumps(got.refusal["issue"])
        return [] if named else [f"not refused for {case['refused']}"]
    if got.refusal is not None:
        return [f"refused: {got.refusal['issue'][0]['diagnostics']}"]
    kind = case["ask"].partition("?")[0]
    matches = [[one.removeprefix(f"{kind}/") for one in page] for page in got.of("match")]
    flat = [one for page in matches for one in page]
    found = []
    if "finds" in case:
        wanted = case["finds"] or []
        same = flat == wanted if case.get("in_order") else sorted(flat) == sorted(wanted)
        if not same:
            found.append(f"finds {flat}, expected {wanted}")
    if "pages" in case and matches != case["pages"]:
        found.append(f"pages {matches}, expected {case['pages']}")
    included = sorted(one for page in got.of("include") for one in page)
    if "includes" in case and included != sorted(case["includes"]):
        found.append(f"includes {included}, expected {case['includes']}")
    if "total" in case and any(page.get("total") != case["total"] for page in got.pages):
        found.append(f"totals {[page.get('total') for page in got.pages]}, expected {case['total']}")
    if "members" in case:
        members = set(got.pages[0]["entry"][0]["resource"]) - {"resourceType", "id", "meta"}
        if members != set(case["members"]):
            found.append(f"members {sorted(members)}, expected {case['members']}")
    return found
