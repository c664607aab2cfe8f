"""How long an estate takes to be read and proposed."""
