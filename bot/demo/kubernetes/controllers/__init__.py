"""The loops that make what is like what is wanted, one room for each."""
