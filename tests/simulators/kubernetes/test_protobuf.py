"""Documents as Go clients write them: protobuf in, the same document as JSON out."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from bot.demo.kubernetes.api.protobuf import UnknownMessageError, decode

PROTOBUF = "application/vnd.kubernetes.protobuf"


def field(number, value):
    """Encode one field as protobuf does: whole numbers as they are, all else with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % (1 << 64))
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def varint(number):
    head, rest = number & 0x7F, number >> 7
    return bytes([head | 0x80]) + varint(rest) if rest else bytes([head])


def document(api, kind, *fields):
    return b"k8s\0" + field(1, field(1, api) + field(2, kind)) + field(2, b"".join(fields))


def named(name):
    return field(1, field(1, name) + field(2, ""))


SECRET = document("v1", "Secret", named("key"), field(2, field(1, "word") + field(2, b"sesame")))


async def test_a_document_is_stored_as_its_json_would_be(api):
    secrets = "/api/v1/namespaces/default/secrets"
    made = await api.post(secrets, SECRET, Content_Type=PROTOBUF, Accept=f"{PROTOBUF},application/json")
    assert made.status == 201
    assert made["data"] == {"word": "c2VzYW1l"}
    assert made["type"] == "Opaque"
    assert made["metadata"]["name"] == "key"


def test_nothing_and_zero_are_told_apart():
    spec = field(1, 0) + field(5, 0) + field(7, 0)
    read = decode(document("apps/v1", "Deployment", named("web"), field(2, spec)))
    assert read == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 0},
    }


def test_numbers_texts_moments_and_quantities():
    port = field(3, 80) + field(4, field(1, 1) + field(3, "http"))
    service = decode(document("v1", "Service", field(2, field(1, port))))
    assert service["spec"]["ports"] == [{"port": 80, "targetPort": "http"}]
    quota = decode(
        document("v1", "ResourceQuota", field(2, field(1, field(1, "cpu") + field(2, field(1, "2")))))
    )
    assert quota["spec"] == {"hard": {"cpu": "2"}}
    options = decode(document("v1", "DeleteOptions", field(1, -1)))
    assert options["gracePeriodSeconds"] == -1
    born = decode(document("v1", "Pod", field(1, field(8, field(1, 1_700_000_000)))))
    assert born["metadata"] == {"creationTimestamp": "2023-11-14T22:13:20Z"}


def test_an_embedded_message_lies_in_its_parent():
    probe = field(1, field(3, field(1, field(2, 8080)))) + field(3, 1)
    pod = document("v1", "Pod", field(2, field(2, field(1, "web") + field(10, probe))))
    [container] = decode(pod)["spec"]["containers"]
    assert container == {"name": "web", "livenessProbe": {"tcpSocket": {"port": 8080}, "timeoutSeconds": 1}}


async def test_a_kind_that_has_no_such_encoding_is_refused(api):
    with pytest.raises(UnknownMessageError):
        decode(document("example.com/v1", "Widget"))
    refused = await api.post(api.pods, document("example.com/v1", "Widget"), Content_Type=PROTOBUF)
    assert (refused.status, refused["reason"]) == (415, "UnsupportedMediaType")


async def test_what_cannot_be_read_is_a_bad_request(api):
    for raw in (b"", b"{}", SECRET[:-3], document("v1", "Pod", field(1, 7)), document("v1", "Pod", b"\x0c")):
        refused = await api.post(api.pods, raw, Content_Type=PROTOBUF)
        assert (refused.status, refused["reason"]) == (400, "BadRequest"), raw
        assert "the object provided is unrecognized (must be of type Pod)" in refused["message"]


@given(st.binary(max_size=60))
def test_whatever_the_bytes_they_are_read_or_refused(noise):
    for raw in (b"k8s\0" + noise, document("v1", "Pod", noise)):
        with contextlib.suppress(ValueError):
            assert "kind" in decode(raw)
