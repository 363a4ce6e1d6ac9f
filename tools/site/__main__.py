"""`make site`: write the course as a static site into build/site.

`python -m tools.site requirements` prints the packages that Sphinx needs.
"""

import sys

from tools.site import environment

if __name__ == "__main__":
    if sys.argv[1:] == ["requirements"]:
        print("\n".join(environment.packages()))
