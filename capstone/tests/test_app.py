"""Tests of the service; `python -m unittest` runs them."""

import importlib
import os
import tempfile
import unittest


class Service(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        os.environ["DATA_DIR"] = self.folder.name
        module = importlib.reload(importlib.import_module("app"))
        self.client = module.app.test_client()

    def test_reported_items_are_listed(self):
        self.client.post("/items", json={"name": "umbrella"})
        names = [item["name"] for item in self.client.get("/items").json]
        assert names == ["umbrella"]

    def test_search_forgives_typos(self):
        for name in ("scarf", "umbrella", "left glove"):
            self.client.post("/items", json={"name": name})
        found = self.client.get("/search?q=umbrela").json
        assert found[0] == "umbrella"


class Distance(unittest.TestCase):
    def test_counts_edits(self):
        import nearby

        assert nearby.distance("glove", "gloves") == 1
        assert nearby.distance("", "hat") == 3
        assert nearby.distance("scarf", "scarf") == 0


if __name__ == "__main__":
    unittest.main()
