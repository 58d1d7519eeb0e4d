from setuptools import setup

REQ = ["flask"]
setup(
    name="x",
    install_requires=REQ + open("r.txt").read().splitlines(),
    extras_require={"a": ["b"]},
    entry_points={"console_scripts": ["web=pkg:main"]},
)
