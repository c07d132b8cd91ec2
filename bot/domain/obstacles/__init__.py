"""What stands in the way of a change: pure functions over objects that were read, one line for each."""
