"""A picture goes where its table goes: to the asker alone, or into the thread of what everybody sees."""

from __future__ import annotations

PNG = b"\x89PNG\r\n\x1a\n"


async def calls(place, method):
    async with place.http.get(f"{place.slack.url}/simulator/calls") as answer:
        return [call for call in (await answer.json())["calls"] if call["method"] == method]


async def test_for_its_asker_it_comes_by_direct_message_and_the_table_stands_in_the_channel(place):
    answer = await place.says("cho", "top pods --chart")
    assert "2 pods in shop on demo" in answer.plain
    assert "MEMORY" in answer.text
    sent = await place.until(lambda: calls(place, "files.completeUploadExternal"), "the picture is sent")
    assert sent[0]["args"]["channel_id"].startswith("D")
    (file,) = [file for file in place.slack.workspace.files.values() if file.name == "top.png"]
    assert file.content.startswith(PNG)
    assert file.alt_txt.startswith("2 pods in shop on demo. Memory: web-")
    assert not any(message.raw.get("files") for message in await place.messages())


async def test_shared_it_stands_in_the_thread(place):
    answer = await place.says("cho", "top pods --chart", channel="ops")
    await place.press("cho", answer, "Share", channel="ops")
    card = await place.card("shared by", channel="ops")

    async def pictured():
        return [m for m in await place.messages("ops") if m.thread == card.ts and m.raw.get("files")]

    assert [m.raw["files"][0]["name"] for m in await place.until(pictured, "a picture in the thread")] == [
        "top.png"
    ]


async def test_another_view_of_the_table_sends_no_second_picture(place):
    answer = await place.says("cho", "top pods --chart")
    await place.until(lambda: calls(place, "files.completeUploadExternal"), "the picture is sent")
    await place.press("cho", answer, "As file")
    await place.whisper("top.txt is in your direct messages")

    async def both():
        return len(await calls(place, "files.completeUploadExternal")) == 2

    await place.until(both, "the file is sent")
    assert sorted(file.name for file in place.slack.workspace.files.values()) == ["top.png", "top.txt"]
