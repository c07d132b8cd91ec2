"""The outside world, simulated: what stands beyond the bot's doors when there is no real one.

Each room here is a real server that a real client talks to. None of them knows the bot.
"""
