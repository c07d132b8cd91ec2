"""The Web API's methods, one module per family; what is not in METHODS is an unknown method."""

from bot.demo.slack.methods import apps, chat, conversations, files, openid, reactions, users, views

METHODS = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **openid.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}
