"""Wrong answers and second right ones: `secure_images`."""

_SIGN = 'cosign("sign", "--key", "{}", *signing, {})\n'
_ASK = 'check("secure_images/sign", {"image": mine, "key": "mine.pub"})'

WRONG = {
    "secure_images/sign": [
        (
            "key",
            _SIGN.format("mine.key", 'release("a")')
            + 'check("secure_images/sign", {"image": mine, "key": "mine.key"})',
        ),
        (
            "pushed",
            'check("secure_images/sign", {"image": "secure-app",'
            ' "key": "mine.pub"})',
        ),
        (
            "signed",
            _SIGN.format("mine.key", 'release("b")')
            + 'check("secure_images/sign", {"image": mine, "key": "cosign.pub"})',
        ),
        ("signed", _SIGN.format("cosign.key", 'release("c")') + _ASK),
    ],
}

ALSO_RIGHT = {
    "secure_images/sign": 'name = release("one")\n'
    + _SIGN.format("mine.key", "name")
    + 'release("two")\n'
    'check("secure_images/sign", {"image": name, "key": "mine.pub"})',
}
