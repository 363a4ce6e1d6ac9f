"""Write the sources of the site, and let Sphinx build it."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import time

from dockerlab import paths
from dockerlab.base.errors import LabError
from tools.site import environment, glossary, notebook, pages
from tools.site.source import Source

BUILD = paths.PROJECT / "build"
SITE = BUILD / "site"
THEME = pathlib.Path(__file__).parent / "theme"


@dataclasses.dataclass(frozen=True)
class Built:
    """A site that was built."""

    folder: pathlib.Path
    pages: int
    megabytes: float
    seconds: float

    def __str__(self) -> str:
        return (
            f"[done] {self.pages} pages, {self.megabytes:.1f} MB,"
            f" {self.seconds:.0f} s: open {self.folder / 'index.html'}"
        )


def build(folder: pathlib.Path = SITE) -> Built:
    """Build the site into a folder, which is emptied before.

    Raises:
        LabError: Sphinx failed, or its packages cannot be installed.
    """
    begun = time.monotonic()
    environment.make()
    source = write_sources(folder.with_name(f"{folder.name}-source"))
    shutil.rmtree(folder, ignore_errors=True)
    _sphinx(source.folder, folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return Built(
        folder,
        sum(path.suffix == ".html" for path in files),
        sum(path.stat().st_size for path in files) / 1e6,
        time.monotonic() - begun,
    )


def write_sources(folder: pathlib.Path) -> Source:
    """Write what Sphinx reads: pages, pictures, terms, style."""
    source = Source(folder)
    for book in source.course.notebooks:
        notebook.write(source, book)
    pages.write(source)
    shutil.copytree(THEME / "static", source.static, dirs_exist_ok=True)
    shutil.copytree(THEME / "templates", folder / "_templates")
    shutil.copy(THEME / "conf.py", folder)
    terms = [
        {"anchor": term.anchor, "forms": term.forms, "means": term.means}
        for term in glossary.terms()
    ]
    (folder / "terms.json").write_text(json.dumps(terms), "utf-8")
    title = pages.title_of(pages.README.read_text("utf-8"))
    about = {"title": title.partition(":")[0]}
    (folder / "about.json").write_text(json.dumps(about), "utf-8")
    return source


def _sphinx(source: pathlib.Path, folder: pathlib.Path) -> None:
    """Run Sphinx on a folder of sources.

    Raises:
        LabError: it failed.
    """
    command = [environment.PYTHON, "-m", "sphinx", "--quiet", "--fresh-env"]
    command += ["--jobs", "auto", "--builder", "html"]
    command += ["--doctree-dir", source.with_name(f"{folder.name}-doctrees")]
    done = subprocess.run(
        [str(word) for word in [*command, source, folder]],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(paths.PROJECT)},
    )
    if done.returncode:
        raise LabError(
            "Sphinx could not build the site.",
            fix="Its messages above name the page. Correct that page's"
            " notebook or document, then run `make site` again.",
        )
    shutil.rmtree(source.with_name(f"{folder.name}-doctrees"))
