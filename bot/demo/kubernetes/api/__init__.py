"""The API machinery: from a request to what it asks for, and from an object to the form asked for."""
