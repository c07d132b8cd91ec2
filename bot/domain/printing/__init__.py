"""Objects in the forms that kubectl prints; none of them shows a Secret's values."""
