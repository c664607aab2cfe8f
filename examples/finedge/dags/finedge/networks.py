"""The card networks that send files, named as in their paths; each sends one file of a kind a day."""

from typing import Final

CARD_NETWORKS: Final = ("visa", "mastercard", "amex")
