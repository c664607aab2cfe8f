"""The rules, one family a module. Pure: a resource as the engine shows it goes in, violations come out."""
