"""`make site`: write the course as a static site into build/site.

`python -m tools.site requirements` prints the packages that Sphinx needs.
"""

import sys

from dockerlab.base.errors import LabError
from tools.site import build, environment

if __name__ == "__main__":
    if sys.argv[1:] == ["requirements"]:
        print("\n".join(environment.packages()))
        sys.exit()
    try:
        print(build.build())
    except LabError as error:
        sys.exit(str(error))
