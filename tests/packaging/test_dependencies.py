"""``docs/dependencies.md`` against ``pyproject.toml`` and against what the installed packages say of themselves."""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FAMILIES = {"BSD": ("bsd",), "MIT": ("mit",), "Apache": ("apache",), "MPL": ("mpl", "mozilla public")}


def documented() -> dict[str, str]:
    """The licence of each package in the document's first table, by its normal name."""
    table = DOCUMENT.split("## Floors")[0]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \| [^|]+ \|$", table, re.MULTILINE)
    return {canonicalize_name(name): licence for name, licence in rows if name not in ("Package", "---")}


def floors(requirements: list[str]) -> dict[NormalizedName, Version]:
    """The lowest version of each requirement, by its normal name."""
    parsed = [Requirement(each) for each in requirements]
    return {
        canonicalize_name(each.name): Version(spec.version)
        for each in parsed
        for spec in each.specifier
        if spec.operator == ">="
    }


def stated_licence(package: PackageMetadata) -> str:
    """What the package's own metadata say, in lower case: the expression, the free text and the classifiers."""
    classifiers = [each for each in package.get_all("Classifier") or [] if each.startswith("License")]
    return " ".join(
        [*(package.get_all("License-Expression") or []), *(package.get_all("License") or []), *classifiers]
    ).lower()


def test_each_dependency_is_documented_and_no_other() -> None:
    assert set(documented()) == set(floors(PROJECT["dependencies"]))


@pytest.mark.parametrize("name", sorted(documented()))
def test_the_licence_is_the_one_that_the_package_states(name: str) -> None:
    families = [family for family in FAMILIES if family.lower() in documented()[name].lower()]
    assert families, f"no family of licences known in {documented()[name]!r}"
    stated = stated_licence(metadata(name))
    for family in families:
        assert any(word in stated for word in FAMILIES[family]), f"{name} states {stated!r}"


def test_floors_stand_above_the_advisories() -> None:
    table = DOCUMENT.split("## Floors")[1]
    (first, *others) = [row for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) if row != "---"]
    assert first == "Floor"
    fixed = {
        canonicalize_name(name): Version(version)
        for row in others
        for name, version in re.findall(r"([A-Za-z-]+) ([0-9][0-9.]*)", row)
    }
    assert fixed
    allowed = floors([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["verify"]])
    assert {name: version for name, version in fixed.items() if allowed[name] < version} == {}


def test_the_tests_run_with_releases_that_users_may_have() -> None:
    pins = dict(
        line.split("==")
        for line in (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    )
    pinned = {canonicalize_name(name): Version(version) for name, version in pins.items()}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    assert {name: floor for name, floor in floors(wanted).items() if name in pinned and pinned[name] < floor} == {}
