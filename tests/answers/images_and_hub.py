"""Wrong answers and second right ones: `images_and_hub`."""


def _word(expression: str) -> str:
    return (
        "build_silent(lab)\n"
        'silent = client.images.get("images-silent:1")\n'
        f'check("images_and_hub/read-label", {expression})'
    )


def _reclaim(do: str, name: str = "images-green") -> str:
    return (
        f'start_users(lab)\n{do}\ncheck("images_and_hub/reclaim", "{name}")\n'
    )


_RIGHT = "!docker rm images-green\n!docker image rm images-unused:1"

WRONG = {
    "images_and_hub/read-label": [
        ("word", _word('"course.word"')),
        ("word", _word("silent.id")),
        # The other label; at a second seat its key has another beginning.
        ("word", _word("sorted(silent.labels.items())[-1][1]")),
        ("word", _word("'\"' + silent.labels['course.word'] + '\"'")),
        ("answer", _word("silent.labels")),
        (
            "there",
            "!docker image rm --force images-silent:1\n"
            'check("images_and_hub/read-label", "0a1b2c3d")',
        ),
    ],
    "images_and_hub/reclaim": [
        ("gone", _reclaim("!docker image rm images-unused:1")),
        ("gone", _reclaim("!docker rm images-green")),
        (
            "others",
            _reclaim(f"{_RIGHT}\n!docker rm images-red"),
        ),
        # All that has ended, by the notebook's label.
        (
            "others",
            _reclaim(
                "!docker container prune --force"
                " --filter label=dockerlab.lesson=images_and_hub\n"
                "!docker image rm images-unused:1"
            ),
        ),
        ("runs", _reclaim(f"{_RIGHT}\n!docker stop -t 0 images-blue")),
        ("named", _reclaim(_RIGHT, "images-red")),
        ("answer", _reclaim(_RIGHT, "images-red images-green")),
    ],
}

ALSO_RIGHT = {
    "images_and_hub/read-label": """
build_silent(lab)
form = '{{index .Config.Labels "course.word"}}'
word = !docker image inspect images-silent:1 --format '{form}'
check("images_and_hub/read-label", word[0])
""",
    "images_and_hub/reclaim": _reclaim("""
for container in client.containers.list(
    all=True, filters={"ancestor": "images-unused:1"}
):
    container.remove()
client.images.remove("images-unused:1")
"""),
}
