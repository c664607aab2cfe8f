"""The vocabulary of the platform: frozen types, enums, ids, naming, tags and errors. No I/O, no clock."""
