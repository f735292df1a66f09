"""Writes the structure tree (ISO 32000-1, 14.7): what each marked part of a page is, in reading order."""

from typing import Any, Final

from reportlab.pdfbase import pdfdoc  # type: ignore[import-untyped]

from verifier.press.flow import LONGEST, Canvas, Element, Mark
from verifier.press.letters import letters

PAGE_KEYS: Final = ("StructParents", "Tabs")  # which reportlab does not write by itself


class StructureTree:
    """The tree of one document, being written."""

    def __init__(self, canvas: Canvas) -> None:
        """Write into the document of *canvas*, whose pages are all there."""
        self._document: Any = canvas._doc  # noqa: SLF001 - reportlab has no other way in
        self._pages: list[Any] = self._document.Pages.pages
        self._owners: list[dict[int, Any]] = [{} for _ in self._pages]

    def write(self, root: Element) -> None:
        """Write the tree, and let every page and the document point to it."""
        tree = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("StructTreeRoot")})
        reference = self._document.Reference(tree, "structure")
        tree["K"] = self._node(root, reference, "structure.root")
        numbers: list[Any] = []
        for page, owners in enumerate(self._owners):
            numbers += [page, pdfdoc.PDFArray([owners[number] for number in sorted(owners)])]
        tree["ParentTree"] = pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray(numbers)})
        catalog = self._document.Catalog
        catalog.StructTreeRoot = reference
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": pdfdoc.PDFtrue})
        self._mark_pages()

    def _mark_pages(self) -> None:
        for number, page in enumerate(self._pages):
            page.__NoDefault__ = [*page.__NoDefault__, *PAGE_KEYS]
            page.StructParents, page.Tabs = number, pdfdoc.PDFName("S")

    def _node(self, element: Element, parent: Any, name: str) -> Any:  # noqa: ANN401 - reportlab's
        node = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("StructElem"), "S": pdfdoc.PDFName(element.tag)})
        own = self._document.Reference(node, name)
        node["P"] = parent
        if element.alternative:
            node["Alt"] = pdfdoc.PDFString(letters(element.alternative, LONGEST))
        first = next((child.page for child in element.children if isinstance(child, Mark)), None)
        if first is not None:
            node["Pg"] = self._document.Reference(self._pages[first])
        kids = [
            self._content(child, own, first)
            if isinstance(child, Mark)
            else self._node(child, own, f"{name}.{place}")
            for place, child in enumerate(element.children)
        ]
        node["K"] = pdfdoc.PDFArray(kids)
        return own

    def _content(self, mark: Mark, owner: Any, page: int | None) -> Any:  # noqa: ANN401 - reportlab's
        """Point to marked content: by its number where it is on the *page* that its node names."""
        self._owners[mark.page][mark.number] = owner
        if mark.page == page:
            return mark.number
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("MCR"),
                "Pg": self._document.Reference(self._pages[mark.page]),
                "MCID": mark.number,
            }
        )
