"""The only room with SQL: SQLAlchemy Core, in words that SQLite and PostgreSQL both have."""
