"""A reader of HTML pages for tests: what a page says, and whether it is well formed."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col", "wbr"})


class Page(HTMLParser):
    """One page, read: elements in order, texts by element, and what is wrong with its form."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self._depths: list[tuple[str, int]] = []
        self.feed(html)
        self.close()
        if self._open:
            self.faults.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        self.elements.append((tag, dict(attrs)))
        self.texts.append((tag, ""))
        if tag not in VOID:
            self._open.append(tag)
            self._depths.append((tag, self._open.count(tag)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append((self._open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attrs for name, attrs in self.elements if name == tag]

    def deepest(self, tag: str) -> int:
        """How many elements of a kind stand inside each other at most."""
        return max((depth for name, depth in self._depths if name == tag), default=0)

    def said(self, *tags: str) -> str:
        """The text of the page, or of some elements, in one line."""
        found = [text for tag, text in self.texts if (not tags or tag in tags) and tag != "style"]
        return " ".join(" ".join(found).split())

    def headings(self) -> list[int]:
        """The levels of the headings, in order."""
        return [
            int(tag[1]) for tag, _ in self.elements if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
        ]
