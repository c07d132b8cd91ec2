"""Uploads: three steps, what each refuses, and the message at the end."""

import pytest


@pytest.fixture
def upload(client, session):
    async def go(content=b"a line\n", name="pod.log", length=None):
        told = await client.files_getUploadURLExternal(filename=name, length=length or len(content))
        async with session.post(told["upload_url"], data=content) as response:
            assert await response.text() == f"OK - {len(content)}"
        return told["file_id"]

    return go


async def test_a_log_is_uploaded_into_a_thread(slack, client, hands, session):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    await client.files_upload_v2(
        channel="C0SHOP",
        thread_ts=parent,
        content="line\n" * 3,
        filename="web.log",
        title="Logs",
        initial_comment="all",
    )
    shown = (await hands.reads())[1]
    [file] = shown["files"]
    assert (shown["text"], shown["thread_ts"], shown["bot_id"]) == ("all", parent, "B0BOT")
    assert (file["name"], file["title"], file["mimetype"], file["size"]) == (
        "web.log",
        "Logs",
        "text/plain",
        15,
    )
    address = f"{slack.url}{file['url']}"
    async with session.get(address, params={"token": slack.page_token}) as response:
        assert await response.text() == "line\n" * 3
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with session.get(address) as response:
        assert response.status == 403, "a file is shown to who has the page's token"


async def test_what_a_file_needs(client, refused):
    answer = await refused(client.files_getUploadURLExternal(filename="x", length=0))
    assert answer["error"] == "missing_argument"
    answer = await refused(
        client.files_getUploadURLExternal(filename="x", length=1_000_001, snippet_type="text")
    )
    assert answer["error"] == "snippet_too_large"
    answer = await refused(client.files_getUploadURLExternal(filename="x", length=1, alt_txt="a" * 1001))
    assert answer["error"] == "alt_txt_too_large"


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NONE", "channel_not_found"), ("C0INCIDENT", "channel_not_found"), ("C0GENERAL", "not_in_channel")],
)
async def test_where_a_file_cannot_go(client, refused, upload, channel, error):
    files = [{"id": await upload()}]
    assert (await refused(client.files_completeUploadExternal(files=files, channel_id=channel)))[
        "error"
    ] == error


async def test_files_that_are_not_there_or_not_whole(client, refused, upload):
    many = [f"C{number}" for number in range(101)]
    files = [{"id": await upload()}]
    answer = await refused(client.files_completeUploadExternal(files=files, channels=",".join(many)))
    assert answer["error"] == "channels_limit_exceeded"
    for files, error in (
        ([{"id": "F0NONE"}], "file_not_found"),
        ([{"id": await upload(length=99)}], "file_update_failed"),
    ):
        answer = await refused(client.files_completeUploadExternal(files=files, channel_id="C0SHOP"))
        assert answer["error"] == error


async def test_without_a_channel_it_stays_private(client, hands, upload):
    told = await client.files_completeUploadExternal(files=[{"id": await upload()}])
    assert told["files"][0]["channels"] == []
    assert await hands.reads() == []


async def test_a_program_is_downloaded_never_shown(slack, client, session, upload):
    file = (await client.files_completeUploadExternal(files=[{"id": await upload(b"<script>", "x.html")}]))[
        "files"
    ][0]
    async with session.get(file["url_private"], params={"token": slack.page_token}) as response:
        assert response.headers["Content-Disposition"] == "attachment"
