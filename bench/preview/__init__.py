"""Preview time and memory of the program beside a bare Pulumi program with the same resources."""
