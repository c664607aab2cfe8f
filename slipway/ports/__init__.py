"""What use cases need from the outside: one small Protocol a file, with its errors beside it."""
