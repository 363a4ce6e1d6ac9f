"""Counter-proofs of `keep_data`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "data-outlives": "c0b67837 af6cf387 62d3cb1d 7d18e96c",
    "dev-parity": "e8b0e664 06c1b0ae b3202887",
}

CHANGES = {
    "data-outlives": [
        Change(
            cell="7d18e96c",
            old="-v keep-files:/volume",
            new="-v /volume",
            because="The new container gets a new volume.",
            sample=True,
        ),
        Change(
            cell="7d18e96c",
            old="docker rm -f keep-places\n"
            "docker run -d --name keep-places -v keep-files:/volume \\\n"
            '    -v "$PWD/shared":/bind --tmpfs /memory'
            " debian:trixie-slim sleep 3600",
            new="docker restart -t 0 keep-places",
            because="The container is not replaced, so its layer is kept.",
        ),
        Change(
            cell="c0b67837",
            old="--tmpfs /memory",
            new="-v /memory",
            because="The folder is an anonymous volume and not in memory.",
        ),
    ],
    "dev-parity": [
        Change(
            cell="06c1b0ae",
            old="docker run --name keep-test -e DATA_DIR=/tmp keep-app",
            new="docker build -q -t keep-other --label stage=test . && "
            "docker run --name keep-test -e DATA_DIR=/tmp keep-other",
            because="The tests run in an image of their own.",
        ),
        Change(
            cell="06c1b0ae",
            old='assert "Hello, World!"',
            new='assert "Hello, Mars!"',
            because="The test fails in the image.",
        ),
        Change(
            cell="e8b0e664",
            old="-p 4010:80 keep-app",
            new='-p 4010:80 -v "$PWD":/app keep-app',
            because="Production runs the folder's files, and not the tested"
            " ones.",
        ),
    ],
}
