"""Wrong answers and second right ones: `image_layers`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


_LINES = (
    "USER nobody",
    "WORKDIR /srv",
    "ADD notes.txt",
    "ENV STAGE",
    "RUN export",
    "VOLUME /data",
    "STOPSIGNAL SIGINT",
)


def _count(*layers: str) -> str:
    """An answer in which lines that start with these words make a layer."""
    said = {
        line: "layer" if line.split()[0] in layers else "setting"
        for line in _LINES
    }
    return f'check("image_layers/count", {said})'


_STARS = "FROM debian:trixie-slim\n"
_UNPACK = "tar --extract --file /tmp/stars.tar --directory /srv"

WRONG = {
    "image_layers/count": [
        # Only what changed a file.
        ("layers", _count("WORKDIR", "ADD")),
        # A variable that is set seems to be a layer, or a folder to be one.
        ("settings", _count("WORKDIR", "ADD", "RUN", "ENV")),
        ("settings", _count("WORKDIR", "ADD", "RUN", "VOLUME")),
        ("complete", 'check("image_layers/count", {"RUN export": "layer"})'),
        ("answer", 'check("image_layers/count", 3)'),
    ],
    "image_layers/no-archive": [
        (
            "clean",
            _dockerfile(
                "image_layers/no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK} && rm /tmp/stars.tar\n",
            ),
        ),
        (
            "clean",
            _dockerfile(
                "image_layers/no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK}\nRUN mv /tmp/stars.tar /tmp/gone\n",
            ),
        ),
        (
            "unpacked",
            _dockerfile(
                "image_layers/no-archive",
                _STARS + "COPY stars.tar /srv/\n",
            ),
        ),
        (
            "builds",
            _dockerfile(
                "image_layers/no-archive", _STARS + f"RUN {_UNPACK}\n"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    # Asked from the engine instead of predicted.
    "image_layers/count": """
import pathlib
from dockerlab import builds
pathlib.Path("notes.txt").write_text("notes")
builds.build(".", "image-counted", \"\"\"FROM debian:trixie-slim
USER nobody
WORKDIR /srv
ADD notes.txt .
ENV STAGE=test
RUN export STAGE=live
VOLUME /data
STOPSIGNAL SIGINT
\"\"\", check=True)
kinds = {}
for row in images.read_image(client, "image-counted").history[-7:]:
    word, first = row.instruction.split()[:2]
    line = f"{word} {first.partition('=')[0]}"
    kinds[line] = "Setting" if row.empty else "layer "
check("image_layers/count", kinds)
""",
    "image_layers/no-archive": _dockerfile(
        # The file is a link to the catalogue.
        "image_layers/no-archive",
        _STARS
        + "ADD stars.tar /data/\n"
        + "RUN ln -s /data/stars.csv /srv/stars.csv\n",
    ),
}
