"""What the platform costs, and later how fresh and how healthy it is: figures about what runs."""
