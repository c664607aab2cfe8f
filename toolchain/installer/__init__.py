"""The steps behind `make setup`. Standard library only: it runs before any environment exists."""
