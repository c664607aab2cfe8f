"""Files that a person reviews when they change, and the programs that write them."""
