"""Tests of what makes a checkout ready: the installer and the Pulumi language host."""
