"""Counter-proofs of `images_and_hub`."""

from tests.counterproofs.harness import Change

NEEDS = {"self-contained": "de166f12 33dcd458"}

CHANGES = {
    "self-contained": [
        Change(
            cell="de166f12",
            old="/srv/greet.py\nimport",
            new="/elsewhere.py\nimport",
            also=(
                (
                    "33dcd458",
                    "closed = client.containers.create(",
                    '(lab.scratch / "greet.py").write_text('
                    "\"print('Hello from Python 3.13')\")\n"
                    "closed = client.containers.create(",
                ),
                (
                    "33dcd458",
                    'network_mode="none",',
                    'network_mode="none",'
                    ' volumes={str(lab.scratch): {"bind": "/srv"}},',
                ),
            ),
            because="The code is not in the image but in a folder outside.",
            sample=True,
        ),
        Change(
            cell="de166f12",
            old='CMD ["python", "/srv/greet.py"]',
            new='CMD ["sh", "-c", "test -e /sys/class/net/eth0 &&'
            ' python /srv/greet.py"]',
            because="The program runs only where it has a network.",
        ),
    ],
}
