"""Sign in with Slack: a code for a chosen person, exchanged once, and a token that anybody can check."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

pytestmark = pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning"
)  # as the SDK calls
CLIENT = {"client_id": "demo-client-id", "client_secret": "demo-client-secret"}
BACK = "http://127.0.0.1:3000/audit/callback"


@pytest.fixture
def authorize(slack, hands):
    async def visit(**changes):
        asked = {
            "response_type": "code",
            "client_id": "demo-client-id",
            "scope": "openid email profile",
            "redirect_uri": BACK,
            "state": "s1",
            "nonce": "n1",
            **changes,
        }
        url = f"{slack.url}/openid/connect/authorize"
        async with hands._session.get(url, params=asked, allow_redirects=False) as response:
            return response.status, response.headers.get("Location", ""), await response.text()

    return visit


@pytest.fixture
async def code(authorize):
    _, location, _ = await authorize(**{"as": "U0ANA"})
    answer = parse_qs(urlsplit(location).query)
    assert answer["state"] == ["s1"]
    return answer["code"][0]


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_person_is_chosen_and_sent_back(authorize):
    _, _, page = await authorize()
    assert "Ana Alves" in page
    assert "Dia Diallo" not in page
    status, location, _ = await authorize(**{"as": "U0ANA"})
    assert (status, location.split("?")[0]) == (302, BACK)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
        ({"scope": "email"}, "invalid_scope"),
        ({"as": "U0DIA"}, "account_inactive"),
    ],
)
async def test_what_is_not_authorized(authorize, changes, error):
    status, _, text = await authorize(**changes)
    assert (status, json.loads(text)["error"]) == (400, error)


async def test_signing_in_needs_the_page(slack, session):
    async with session.get(f"{slack.url}/openid/connect/authorize") as response:
        assert response.status == 403


async def test_a_code_becomes_tokens_once(client, code, refused):
    told = await client.openid_connect_token(code=code, redirect_uri=BACK, **CLIENT)
    who = await client.openid_connect_userInfo(token=told["access_token"])
    assert (who["sub"], who["email"], who["name"]) == ("U0ANA", "ana@demo.example", "Ana Alves")
    assert who["https://slack.com/team_id"] == "T0DEMO"
    again = await refused(client.openid_connect_token(code=code, redirect_uri=BACK, **CLIENT))
    assert again["error"] == "invalid_code"


async def test_the_identity_token_bears_a_signature_that_holds(slack, client, code, session):
    told = await client.openid_connect_token(code=code, redirect_uri=BACK, **CLIENT)
    header, claims, signature = told["id_token"].split(".")
    async with session.get(f"{slack.url}/.well-known/openid-configuration") as response:
        configuration = await response.json()
    async with session.get(configuration["jwks_uri"]) as response:
        [key] = (await response.json())["keys"]
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(decoded(key[name]), "big") for name in ("e", "n")))
    signed = f"{header}.{claims}".encode()
    numbers.public_key().verify(decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
    said = json.loads(decoded(claims))
    assert (said["sub"], said["nonce"], said["aud"]) == ("U0ANA", "n1", "demo-client-id")
    assert said["iss"] == configuration["issuer"] == slack.url


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "guess"}, "bad_client_secret"),
        ({"client_id": "other"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1:3000/elsewhere"}, "bad_redirect_uri"),
        ({"code": "guess"}, "invalid_code"),
    ],
)
async def test_what_is_not_exchanged(client, code, refused, changes, error):
    asked = {"code": code, "redirect_uri": BACK, **CLIENT, **changes}
    assert (await refused(client.openid_connect_token(**asked)))["error"] == error


async def test_a_code_ages(client, code, clock, refused):
    clock.at += 601
    answer = await refused(client.openid_connect_token(code=code, redirect_uri=BACK, **CLIENT))
    assert answer["error"] == "invalid_code"


async def test_a_token_ends_with_its_person(slack, client, code, refused):
    told = await client.openid_connect_token(code=code, redirect_uri=BACK, **CLIENT)
    slack.workspace.people["U0ANA"].deleted = True
    answer = await refused(client.openid_connect_userInfo(token=told["access_token"]))
    assert answer["error"] == "account_inactive"
