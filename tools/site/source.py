"""The folder of sources that Sphinx turns into the site."""

import hashlib
import os
import pathlib
import posixpath
import re
import shutil

from dockerlab import paths
from dockerlab.course import cells, table
from tools.site import anchors

# Code first, in which nothing is a link; then a link or an image.
_LINK = re.compile(
    r"(?P<code>^(?P<fence>```+|~~~+).*?^(?P=fence)[^\n]*$|(?P<tick>`+).*?(?P=tick))"
    r"|(?P<bang>!?)\[(?P<text>(?:`[^`]*`|!\[[^\]]*\]\([^)]*\)|[^\[\]])*)\]"
    r"\((?P<to>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)
_CELL = re.compile(r", cell (\d+)$")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
HOW_TO_RUN = "run"


class Source:
    """The sources of the site, written from the files of the project.

    A page is named by its place without a suffix, as `notebooks/images`.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        self.static.mkdir(parents=True)
        self.course = table.course()

    @property
    def static(self) -> pathlib.Path:
        """The files that the site has as they are."""
        return self.folder / "_static"

    def write(self, page: str, text: str, suffix: str = ".md") -> None:
        """Write the source of a page."""
        path = self.folder / (page + suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def picture(self, image: bytes, page: str) -> str:
        """Keep an image under the digest of its bytes.

        Returns:
            Its address, seen from a page.
        """
        name = f"pictures/{hashlib.sha256(image).hexdigest()[:16]}.png"
        path = self.static / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(image)
        return relative(f"_static/{name}", page)

    def page_of(self, path: pathlib.Path) -> str:
        """The page that shows a file of the project; empty without one."""
        if path == paths.PROJECT / "README.md":
            return HOW_TO_RUN
        book = self.course.of_file(path)
        if book:
            return f"notebooks/{book.slug}"
        if path.suffix == ".md" and paths.PROJECT / "docs" in path.parents:
            place = path.relative_to(paths.PROJECT).with_suffix("")
            return place.as_posix()
        return ""

    def with_links(self, text: str, path: pathlib.Path) -> str:
        """A document's text with links that work on the site.

        Links to files without a page lead to a copy of the file. A link to a
        folder, or to a file that is missing, becomes plain text.

        Args:
            path: the document's file.
        """
        here = self.page_of(path)

        def linked(found: re.Match[str]) -> str:
            if found["code"]:
                return found[0]
            label = _LINK.sub(linked, found["text"])
            to = self._address(found["to"], path, here, label)
            return f"{found['bang']}[{label}]({to})" if to else label

        return _LINK.sub(linked, text)

    def _address(
        self, to: str, path: pathlib.Path, here: str, label: str
    ) -> str:
        """Where a link of a document leads on the site; empty: nowhere."""
        if _ELSEWHERE.match(to):
            return to
        file, _, heading = to.partition("#")
        fragment = f"#{anchors.of_heading(heading)}" if heading else ""
        if not file:
            return fragment
        target = pathlib.Path(os.path.normpath(path.parent / file))
        page = self.page_of(target)
        if page and target.exists():
            numbered = _CELL.search(label)
            if numbered and target.suffix == ".ipynb" and not fragment:
                cell = cells.read(target)[int(numbered[1]) - 1]
                fragment = f"#{anchors.of_cell(cell.id)}"
            return relative(f"{page}.html", here) + fragment
        if not target.is_file() or paths.PROJECT not in target.parents:
            return ""
        return relative(self._copied(target), here)

    def _copied(self, file: pathlib.Path) -> str:
        """The place of a copy of a file, in a form that browsers show."""
        place = file.relative_to(paths.PROJECT).as_posix()
        suffix = "" if file.suffix in (".png", ".svg") else ".txt"
        name = f"_static/files/{place}{suffix}"
        copy = self.folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        return name


def relative(place: str, page: str) -> str:
    """The address of a place of the site, seen from a page of it."""
    return posixpath.relpath(place, posixpath.dirname(page) or ".")
