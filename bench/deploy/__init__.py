"""How long a release takes from the command to the verdict, and its way back, stage by stage."""
