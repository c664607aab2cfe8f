"""Programs that a developer of the sandbox runs; nothing here is part of the running sandbox."""
