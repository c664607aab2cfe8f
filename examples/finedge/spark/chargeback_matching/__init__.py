"""Chargeback matching: which payment does a dispute of a card network dispute?"""
