"""Whether the tests of the rules would notice a condition that is wrong: each is changed, one at a time."""
