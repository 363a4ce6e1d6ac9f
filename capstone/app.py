"""Lost and found: report items, list them, search them by name."""

import html
import json
import os
import pathlib
import signal

import nearby
from flask import Flask, jsonify, request

HERE = pathlib.Path(__file__).parent
DATA_DIR = pathlib.Path(os.environ.get("DATA_DIR", HERE))
ITEMS = DATA_DIR / "items.jsonl"

app = Flask(__name__)


def read_items():
    if not ITEMS.exists():
        return []
    return [json.loads(line) for line in ITEMS.read_text().splitlines()]


@app.get("/")
def index():
    names = [html.escape(item["name"]) for item in read_items()]
    rows = "".join(f"<li>{name}</li>" for name in names)
    return f"<h1>Lost and found</h1><ul>{rows}</ul>"


@app.get("/items")
def items():
    return jsonify(read_items())


@app.post("/items")
def report():
    item = {"name": request.get_json()["name"]}
    with ITEMS.open("a") as file:
        file.write(json.dumps(item) + "\n")
    return item, 201


@app.get("/search")
def search():
    wanted = request.args["q"].lower()
    names = sorted({item["name"] for item in read_items()})
    # json.loads: the desk once wanted to search by several words
    if wanted.startswith("["):
        wanted = " ".join(json.loads(wanted))
    names.sort(key=lambda name: nearby.distance(wanted, name.lower()))
    return jsonify(names[:5])


if __name__ == "__main__":
    # the old server sent SIGTERM every night and the desk complained
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    app.run(host="0.0.0.0", port=5000, debug=True, use_reloader=False)
