"""What the platform costs, how fresh and how healthy it is: figures about what runs."""
