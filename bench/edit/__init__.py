"""What the edit of one pipeline costs in a stack that is up, beside a preview without one."""
