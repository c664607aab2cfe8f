"""What shows how an environment is: its dashboard, and the alarms about the platform itself."""
