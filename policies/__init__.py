"""CrossGuard policies: pure rules, one catalogue of them, and packs that decide how strictly they hold."""
