"""Block Kit: its shapes, its limits, and the words in which Slack refuses what breaks them."""
