"""What the documents tell people to type."""
