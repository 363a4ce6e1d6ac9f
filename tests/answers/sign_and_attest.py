"""Wrong answers and second right ones: `sign_and_attest`."""

_SIGN = "!cosign sign {{SIGNING}} --yes --key {} {{name}} 2> sign.log\n"
_ASK = 'check("sign_and_attest/sign", {{"image": {}, "key": "{}"}})'
# cosign asks before it replaces a key.
_OTHER = (
    "!rm -f other.key other.pub\n"
    "!cosign generate-key-pair --output-key-prefix other 2> key.log\n"
)


def _signed(key: str, *, image: str = "MINE", public: str = "mine.pub") -> str:
    """Release, sign with a key, and ask."""
    return (
        f'name = release("signed with {key}")\n'
        + _SIGN.format(key)
        + _ASK.format(image, public)
    )


def _twice(*lines: str) -> str:
    text = "\n".join(["FROM python:3.13-slim", *lines])
    return f'check("sign_and_attest/same-twice", {text!r})'


_ARG = "ARG SOURCE_DATE_EPOCH"
_TOUCH = 'find /app -exec touch -d "@$SOURCE_DATE_EPOCH" {} +'
_NUMBER = "mkdir /app && echo $SOURCE_DATE_EPOCH > /app/built.txt"

WRONG = {
    "sign_and_attest/sign": [
        ("key", _signed("mine.key", public="mine.key")),
        # The notebook's own image, and not the one of the exercise.
        ("pushed", _signed("mine.key", image='"localhost:5131/sign-app:1.0"')),
        ("signed", _OTHER + _signed("mine.key", public="other.pub")),
        ("signed", _OTHER + _signed("other.key")),
    ],
    "sign_and_attest/same-twice": [
        ("builds", _twice("RUN false")),
        ("date", _twice(_ARG, f"RUN mkdir /app && {_TOUCH}")),
        # The date of today, without a time.
        (
            "date",
            _twice(
                _ARG, f"RUN mkdir /app; date +%F > /app/built.txt; {_TOUCH}"
            ),
        ),
        # The file has no fixed date.
        ("equal", _twice(_ARG, f"RUN {_NUMBER}")),
        # The folder has none.
        (
            "equal",
            _twice(
                _ARG,
                f'RUN {_NUMBER} && touch -d "@$SOURCE_DATE_EPOCH" /app/*',
            ),
        ),
        # The content differs.
        (
            "equal",
            _twice(_ARG, f"RUN {_NUMBER} && date >> /app/built.txt; {_TOUCH}"),
        ),
        # Another file has the time of the build as its name.
        (
            "equal",
            _twice(
                _ARG, f"RUN {_NUMBER} && touch /app/$(date +%s%N) && {_TOUCH}"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "sign_and_attest/sign": 'name = release("one")\n'
    + _SIGN.format("mine.key")
    + 'release("two")\n'
    + _ASK.format("name", "mine.pub"),
    # The files of a build stage keep their dates, and nothing else ships.
    "sign_and_attest/same-twice": _twice(
        _ARG,
        "RUN mkdir -p /new/app"
        ' && date -u -d "@$SOURCE_DATE_EPOCH" > /new/app/built.txt'
        ' && find /new -exec touch -d "@$SOURCE_DATE_EPOCH" {} +',
        "FROM scratch",
        "COPY --from=0 /new /",
        'CMD ["/none"]',
    ),
}
