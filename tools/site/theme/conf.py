"""Sphinx's settings for the site; it is copied beside the sources."""

import json
import pathlib

HERE = pathlib.Path(__file__).parent
project = json.loads((HERE / "about.json").read_text("utf-8"))["title"]
html_title = project
extensions = ["myst_nb", "tools.site.extension"]
# The outputs are stored in the notebooks.
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the setup code"
nb_code_prompt_hide = "Hide the setup code"
# No dollarmath: dollars are shell variables here.
myst_enable_extensions = ["colon_fence"]
# Every link has its final address already.
myst_all_links_external = True
suppress_warnings = ["misc.highlighting_failure", "myst.header"]
html_theme = "furo"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_additional_pages = {"search": "search.html"}
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_copyright = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
language = "en"
