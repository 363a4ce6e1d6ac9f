"""Counter-proofs of `registry_inside`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "versioned": "c93b7241 4b1d31d3 4a92029a b5700d75 f2a6a340 354a81c6"
    " f9e386d0 777948dd 229b2abf 77de87ab 71668791 9669390e 3cfc400a"
    " f225a066 82814132",
}

CHANGES = {
    "versioned": [
        Change(
            cell="f225a066",
            old="docker push --quiet $app:latest > /dev/null\n",
            new="",
            because="The rolled-back tag was not pushed.",
            sample=True,
        ),
        Change(
            cell="9669390e",
            old="docker push --quiet $REGISTRY/registry-app:latest"
            " > /dev/null",
            new="true",
            because="A tag does not move in the registry until it is pushed.",
        ),
        Change(
            cell="9669390e",
            old="docker push --quiet $REGISTRY/registry-app:latest"
            " > /dev/null",
            new="docker push --quiet $REGISTRY/registry-app:latest"
            " > /dev/null\n"
            "docker tag $REGISTRY/registry-app:1.1"
            " $REGISTRY/registry-app:1.0\n"
            "docker push --quiet $REGISTRY/registry-app:1.0 > /dev/null",
            because="Somebody pushed another image as version 1.0.",
        ),
    ],
}
