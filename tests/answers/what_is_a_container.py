"""Wrong answers and second right ones: `what_is_a_container`."""

_THREE = "what_is_a_container/three-from-one"
_WHICH = "what_is_a_container/which-python"


def _pages(
    text: str = "page $n",
    image: str = "python:3.13-slim",
    publish: str = "-p 127.0.0.1::8000",
    numbers: str = "1 2 3",
    server: str = "python -m http.server 8000",
) -> str:
    script = f"""
for n in {numbers}; do
    docker run -d --name what-page-$n {publish} -w /tmp {image} \
        sh -c "echo {text} > index.html; exec {server}"
done
"""
    return f"""
lab.discard("what-page-1", "what-page-2", "what-page-3")
names = ["what-page-1", "what-page-2", "what-page-3"]
subprocess.run(["bash", "-c", {script!r}], check=True, capture_output=True)
check("{_THREE}", names)
"""


def _versions(python: str, shop: str) -> str:
    return f"""
ask = "import importlib.metadata as m; print(m.version('shop'))"
shop = output("run", "--rm", "what-riddle", "python", "-c", ask)
check("{_WHICH}", {{"python": {python}, "shop": {shop}}})
"""


WRONG = {
    _THREE: [
        ("three", _pages().replace('"what-page-3"]', '"what-page-2"]')),
        ("loopback", _pages(publish="-p 127.0.0.1::8000 -p 9000")),
        ("exists", _pages(numbers="1 2")),
        ("runs", _pages(server="true")),
        (
            "one-image",
            _pages(
                image="$([ $n = 3 ] && echo what-pinned ||"
                " echo python:3.13-slim)"
            ).replace(
                "subprocess.run(",
                'text = "FROM python:3.13-slim\\nRUN touch /pinned"\n'
                'subprocess.run(["docker", "build", "-t", "what-pinned", "-"],'
                " input=text, text=True, capture_output=True)\n"
                "subprocess.run(",
            ),
        ),
        ("published", _pages(publish="")),
        ("answers", _pages(server="python -m http.server 9000")),
        ("different", _pages(text="hello")),
        ("answer", f'check("{_THREE}", "what-page-1")'),
    ],
    _WHICH: [
        ("python", _versions('"3"', "shop")),
        ("python", _versions('"3.1"', "shop")),
        ("shop", _versions('"3.13"', '"1.0"')),
        ("shop", _versions('"3.13"', "None")),
        (
            "image",
            f'output("rmi", "what-riddle")\ncheck("{_WHICH}", {{"python": 1}})',
        ),
        ("answer", f'check("{_WHICH}", "3.13")'),
    ],
}

ALSO_RIGHT = {
    _THREE: """
names = []
for text in ["red", "green", "blue"]:
    name = lab.name(text)
    lab.discard(name)
    client.containers.run(
        "python:3.13-slim", name=name, labels=lab.labels, detach=True,
        command=["sh", "-c", "cd /srv && echo $TEXT > index.html"
                 " && python -m http.server 80"],
        environment={"TEXT": text}, ports={"80/tcp": ("127.0.0.1", None)},
    )
    names.append(name)
check("what_is_a_container/three-from-one", names)
lab.discard(*names)
""",
    _WHICH: _versions(
        'output("run", "--rm", "what-riddle", "python", "-c",'
        ' "import platform; print(platform.python_version())")',
        "shop",
    ),
}
