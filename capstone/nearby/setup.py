from setuptools import Extension, setup

setup(
    name="nearby",
    version="0.3",
    ext_modules=[Extension("nearby", ["nearby.c"])],
)
