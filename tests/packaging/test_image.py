import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="session")
def dockerfile(root):
    """Instructions as (word, rest), continued lines joined."""
    text = (root / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def last(dockerfile, word):
    return [rest for name, rest in dockerfile if name == word][-1]


def test_hadolint_finds_nothing(root):
    hadolint = Path(sys.executable).with_name("hadolint")
    command = [hadolint, "--failure-threshold", "style", root / "Dockerfile"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_starts_the_bot_as_nobody_in_particular(dockerfile):
    assert json.loads(last(dockerfile, "ENTRYPOINT")) == ["python", "-m", "bot"]
    assert json.loads(last(dockerfile, "CMD")) == ["serve"]
    assert last(dockerfile, "USER") == "10001:10001"
    assert last(dockerfile, "EXPOSE") == "3000"


def test_same_person_and_folder_as_in_the_chart(dockerfile, pod):
    spec = pod()
    user = f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}"
    assert user == last(dockerfile, "USER")
    variables = dict(pair.split("=", 1) for pair in last(dockerfile, "ENV").split())
    assert variables["BOT_DATA_DIR"] == "/data"
    assert "command" not in spec["containers"][0]
    assert "args" not in spec["containers"][0]


def test_the_base_is_named_by_tag(dockerfile):
    assert [rest for word, rest in dockerfile if word == "ARG"] == ["BASE=python:3.13-slim-bookworm"]
    assert {rest.split()[0] for word, rest in dockerfile if word == "FROM"} == {"${BASE}"}


def test_only_what_is_copied_is_sent_to_the_build(root, dockerfile):
    ignored = (root / ".dockerignore").read_text().split("\n*\n")[1].split()
    copied = [
        source.strip("/")
        for word, rest in dockerfile
        if word == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert sorted(copied) == sorted(line[1:] for line in ignored if line.startswith("!"))


def pinned(path):
    """Name to the lines of its entry."""
    entries = path.read_text().replace("\\\n", " ").splitlines()
    return {canonicalize_name(entry.split("==")[0]): entry for entry in entries if not entry.startswith("#")}


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "uv.txt"])
def test_requirements_are_pinned_by_hash_and_by_nothing_else(root, name):
    path = root / "requirements" / name
    form = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ;]+( ; [^-]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [entry for entry in pinned(path).values() if not form.fullmatch(entry)] == []
    assert not re.search(r"://|--(index|extra|find|trusted)", path.read_text())


def test_runtime_requirements_fit_the_project(root):
    pins = pinned(root / "requirements/runtime.txt")
    for line in importlib.metadata.requires("k8s-bot"):
        wanted = Requirement(line)
        version = pins[canonicalize_name(wanted.name)].split("==")[1].split()[0]
        assert version in wanted.specifier, line


def test_the_build_backend_comes_with_all_it_needs(root, dockerfile):
    selection = next(rest for word, rest in dockerfile if word == "RUN" and rest.startswith("sed"))
    chosen = set(re.search(r"\^\\\((.*?)\\\)==", selection)[1].split(r"\|"))
    needed, todo = set(), ["hatchling"]
    while todo:
        name = canonicalize_name(todo.pop())
        if name not in needed:
            needed.add(name)
            wanted = [Requirement(line) for line in importlib.metadata.requires(name) or []]
            todo += [r.name for r in wanted if r.marker is None or r.marker.evaluate()]
    assert chosen == needed
    assert chosen <= pinned(root / "requirements/dev.txt").keys()
