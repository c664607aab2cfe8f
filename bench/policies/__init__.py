"""What a pack of policies adds to a preview, and how long a state takes to judge."""
