"""Exercises of `dockerfile_build`."""

from docker.models.containers import Container

from dockerlab.checks import contexts, inside
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

PAGE = {
    "page/index.html": "<h1>Hello</h1>\n",
    "page/css/style.css": "h1 {color: teal}\n",
}
SCRIPT = "#!/bin/sh\necho run\n"
WORKER = 1000  # the user id that the exercises ask for


@exercise("dockerfile_build/version", wants="dockerfile")
def version(bench: Bench, dockerfile: str) -> None:
    """A build argument that a container can still print."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag)
    bench.require(
        "default",
        "built without an argument, a container prints: dev",
        ending.text == "dev",
        f"{ending.why} A container prints {ending.printed.strip()!r:.60}."
        " Build arguments do not exist in containers, and an ARG above FROM"
        " does not exist in the stage.",
    )
    given = bench.try_build(dockerfile, arguments={"VERSION": "4.2"})
    second = bench.output(given.tag) if given.ok else None
    bench.require(
        "given",
        "built with VERSION=4.2, a container prints: 4.2",
        second and second.text == "4.2",
        given.hint
        or f"A container prints {second and second.printed.strip()!r:.60}."
        " Does the build write the value of the ARG, or always the same"
        " text?",
    )


@exercise("dockerfile_build/workspace", wants="dockerfile")
def workspace(bench: Bench, dockerfile: str) -> None:
    """A working directory that belongs to the user who works there."""
    with contexts.folder_of({"notes.txt": "note\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    container = bench.create(tag, command=["-"])
    config = bench.client.images.get(tag).attrs["Config"]
    folder = config.get("WorkingDir") or "/"
    bench.require(
        "folder",
        "a container starts in /work",
        folder.rstrip("/") == "/work",
        f"It starts in {folder}. Which instruction sets the folder of later"
        " instructions and of containers?",
    )
    user = inside.user_id(container, config.get("User") or "")
    bench.require(
        "user",
        f"it runs as user {WORKER}",
        user == WORKER,
        f"It runs as user {user}. Which instruction sets the user?",
    )
    _require_notes(bench, container)
    touched = bench.output(tag, "/work/new", entrypoint=["touch"])
    bench.require(
        "writes",
        "it can create a file in /work",
        touched.ok,
        f"`touch /work/new` fails. {touched.why} Which user owns the folder"
        " itself?",
    )


def _require_notes(bench: Bench, container: Container) -> None:
    """Require /work/notes.txt that belongs to the right user."""
    found = inside.files(container, "/work").get("/work/notes.txt")
    hint = "The image has no such file. Which instruction copies it?"
    if found:
        hint = (
            f"It belongs to user {found.uid}. COPY gives files to root, even"
            " after USER, unless an option sets another owner."
        )
    bench.require(
        "file",
        f"/work/notes.txt exists and belongs to user {WORKER}",
        found and found.uid == WORKER,
        hint,
    )


@exercise("dockerfile_build/copy", wants="dockerfile")
def copy(bench: Bench, dockerfile: str) -> None:
    """A folder with its name, its owner, and a script with its mode."""
    with contexts.folder_of({**PAGE, "run.sh": SCRIPT}) as context:
        for path in context.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    container = bench.create(tag, command=["-"])
    found = inside.files(container, "/srv")
    wanted = ["/srv/run.sh", *(f"/srv/{name}" for name in PAGE)]
    missing = [path for path in wanted if path not in found]
    there = ", ".join(sorted(p for p, m in found.items() if m.isfile()))
    if not bench.require(
        "paths",
        "the image has /srv/run.sh, /srv/page/index.html and"
        " /srv/page/css/style.css",
        not missing,
        f"It has no {', '.join(missing)}. Below /srv it has: {there or '-'}."
        " COPY copies the content of a folder, without the folder's name.",
    ):
        return
    others = [
        path
        for path, member in sorted(found.items())
        if path.startswith("/srv/page") and member.uid != WORKER
    ]
    bench.require(
        "owner",
        f"/srv/page and all of its content belong to user {WORKER}",
        not others,
        f"{others[0]} belongs to user {found[others[0]].uid}. Which option of"
        " COPY sets the owner?"
        if others
        else "",
    )
    mode = found["/srv/run.sh"].mode & 0o7777
    bench.require(
        "mode",
        "/srv/run.sh has mode 755",
        mode == 0o755,
        f"Its mode is {mode:o}. COPY keeps a file's mode unless an option"
        " sets another one.",
    )
