"""Counter-proofs of `production_server`."""

from tests.counterproofs.harness import Change

SERVERS = "037fcc0f b065924e c582b922"

NEEDS = {
    "dev-server": f"{SERVERS} eb3c4065 305c0636",
    "root-port": SERVERS,
}

CHANGES = {
    "dev-server": [
        Change(
            cell="b065924e",
            old="--tmpfs /app/data production-classic",
            new="--tmpfs /app/data -e PORT=80 production-classic"
            ' gunicorn --bind 0.0.0.0:80 "app:create_app()"',
            because="A production server prints no such warning.",
            also=(
                (
                    "c582b922",
                    'print(log[log.index("WARNING") :'
                    ' log.index("instead") + 7])',
                    "",
                ),
            ),
        ),
        Change(
            cell="b065924e",
            old="--tmpfs /data:uid=10001 production-app",
            new="--tmpfs /data:uid=10001 production-app"
            " flask --app app run --host 0.0.0.0 --port 8000",
            because="Both containers run the development server.",
            sample=True,
        ),
    ],
    "root-port": [
        Change(
            cell="b065924e",
            old="-p 127.0.0.1:4000:8000 --read-only",
            new="-p 127.0.0.1:4000:8000 --user 0 --read-only",
            because="The app on the high port is root.",
        ),
        Change(
            cell="b065924e",
            old="-p 127.0.0.1:4000:8000 --read-only",
            new="-p 127.0.0.1:4000:8000",
            because="The files of the app are not read-only.",
        ),
        Change(
            cell="b065924e",
            old="-p 127.0.0.1:4001:80 --tmpfs",
            new="-p 127.0.0.1:4001:80 --user 10001 --tmpfs",
            because="The classic image does not run as root.",
            sample=True,
        ),
    ],
}
