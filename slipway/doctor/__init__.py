"""What machine and accounts still lack before the platform can work, with remedies. Changes nothing."""
