"""Payment data for the RAW and STREAMING tables: the same rows on every machine, in two loads.

The second load does what production does to a table: it updates and deletes merchants, accounts and invoices,
corrects lines and rates, moves a dispute to another status and delivers one old row late. Amounts are counted
in minor units and written as text, never as floats.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Value = Any
Rows = Mapping[str, list[tuple[Value, ...]]]

FIRST_DAY = date(2026, 1, 5)
DAYS = 20
MERCHANTS = 12
LINES_A_DAY = 15
CURRENCIES = ("EUR", "GBP", "USD", "JPY", "SEK")
_PER_EURO = {"EUR": "1", "GBP": "0.86", "USD": "1.08", "JPY": "163.2", "SEK": "11.31"}
_PLANS = ("standard", "volume")
_NETWORKS = ("visa", "mastercard", "amex")


@dataclass(frozen=True)
class Load:
    """One load.

    Attributes:
        number: 1 or 2.
    """

    number: int

    @property
    def at(self) -> datetime:
        """When the load began."""
        return datetime.combine(date(2026, 1, 24 + self.number), time(6))

    @property
    def trail(self) -> tuple[Value, Value]:
        """The columns that say which load brought a row."""
        return self.at, f"s3://finedge-landing/load-{self.number}"


def rows(load: Load) -> Rows:
    """What a load brings, by table."""
    return {
        "RAW.MERCHANTS_CDC": list(_merchants(load)),
        "RAW.ACCOUNTS_CDC": list(_accounts(load)),
        "RAW.INVOICES_CDC": list(_invoices(load)),
        "RAW.FX_RATES": list(_rates(load)),
        "RAW.SETTLEMENT_LINES": list(_lines(load)),
        "RAW.CHARGEBACK_MATCHES": list(_chargebacks(load)),
        "STREAMING.PAYMENT_EVENTS": list(_events(load)),
        "STREAMING.LEDGER_POSTING_TOTALS": list(_postings(load)),
    }


def noise(*parts: int) -> int:
    """A number that looks random and is the same everywhere."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:6])


def amount(currency: str, *parts: int) -> Decimal:
    """Some money: up to 2,000 units of a currency, with the digits that it has."""
    minor = 100 + noise(*parts) % 200_000
    return Decimal(minor).scaleb(-2) if currency != "JPY" else Decimal(minor)


def settled(*loads: Load) -> dict[str, Decimal]:
    """What the lines of loads come to by settlement currency, computed apart from the warehouse.

    A line that comes again under its reference, and a rate of a day that comes again, replaces the first.
    """
    rate = {(row[0], row[1], row[2]): row[3] for load in loads for row in _rates(load)}
    lines = {(line[0], line[1]): line for load in loads for line in _lines(load)}
    totals: dict[str, Decimal] = {}
    for _, _, merchant, _, _, day, gross, _, currency, *_ in lines.values():
        if merchant > MERCHANTS:
            continue
        paid_in = currency_of(merchant)
        digit = Decimal(1) if paid_in == "JPY" else Decimal("0.01")
        product = gross * (rate[day, currency, paid_in] if currency != paid_in else 1)
        totals[paid_in] = totals.get(paid_in, Decimal(0)) + product.quantize(digit, ROUND_HALF_UP)
    return totals


def currency_of(merchant: int) -> str:
    """The currency that a merchant is paid in."""
    return CURRENCIES[merchant % len(CURRENCIES)]


def _committed(load: Load, number: int) -> datetime:
    return load.at - timedelta(hours=1) + timedelta(seconds=number)


def _merchants(load: Load) -> Iterator[tuple[Value, ...]]:
    def row(merchant: int, plan: str, op: str, lsn: int) -> tuple[Value, ...]:
        name = f"Merchant {merchant} O'Neill & Söhne"
        facts = (merchant, name, "DE", "5411", currency_of(merchant), plan, "active", date(2025, 3, 1))
        return (*facts, op, lsn, _committed(load, merchant), *load.trail)

    if load.number == 1:
        for merchant in range(1, MERCHANTS + 1):
            yield row(merchant, _PLANS[merchant % 2], "r", 1000 + merchant)
        return
    yield row(2, "volume", "u", 2002)
    yield row(3, _PLANS[1], "d", 2003)
    yield row(5, "standard", "u", 500)  # an old change that arrives late and must change nothing


def _accounts(load: Load) -> Iterator[tuple[Value, ...]]:
    def row(account: int, kind: str, status: str, op: str) -> tuple[Value, ...]:
        merchant = account if kind == "settlement" else None
        currency = currency_of(account)
        facts = (account, merchant, kind, currency, f"DE8937040044{account:010}", Decimal("5000.00"), status)
        return (*facts, op, load.number * 1000 + account, _committed(load, account), *load.trail)

    if load.number == 1:
        for account in range(1, MERCHANTS + 1):
            yield row(account, "settlement", "active", "r")
        for account in range(100, 100 + len(CURRENCIES)):
            yield row(account, "safeguarding", "active", "r")
        return
    yield row(4, "settlement", "frozen", "u")
    yield row(6, "settlement", "closed", "d")


def _invoices(load: Load) -> Iterator[tuple[Value, ...]]:
    def row(invoice: int, status: str, op: str) -> tuple[Value, ...]:
        merchant = 1 + invoice % MERCHANTS
        issued = FIRST_DAY + timedelta(days=invoice % DAYS)
        net = amount("EUR", 7, invoice)
        tax = (net * 19 / 100).quantize(Decimal("0.01"))
        money = (issued, issued + timedelta(days=30), net, tax, "EUR", status, op)
        return (
            invoice,
            merchant,
            *money,
            load.number * 1000 + invoice,
            _committed(load, invoice),
            *load.trail,
        )

    if load.number == 1:
        for invoice in range(1, 41):
            yield row(invoice, ("open", "paid", "draft")[invoice % 3], "r")
        return
    yield row(1, "void", "u")
    yield row(2, "draft", "d")
    yield row(41, "open", "c")


def _rates(load: Load) -> Iterator[tuple[Value, ...]]:
    days = range(DAYS) if load.number == 1 else range(DAYS - 1, DAYS + 1)
    for day in days:
        for base in CURRENCIES:
            for quote in CURRENCIES:
                if base == quote:
                    continue
                drift = Decimal(1) + Decimal(noise(load.number, day) % 200 - 100) / 10_000
                rate = (Decimal(_PER_EURO[quote]) / Decimal(_PER_EURO[base]) * drift).quantize(
                    Decimal("1E-8")
                )
                rate_date = FIRST_DAY + timedelta(days=day)
                yield (rate_date, base, quote, rate, _committed(load, day), "ECB", *load.trail)


def _lines(load: Load) -> Iterator[tuple[Value, ...]]:
    days = range(DAYS) if load.number == 1 else range(DAYS, DAYS + 1)
    for day in days:
        for number in range(LINES_A_DAY):
            yield _line(load, day, number)
    if load.number == 2:
        yield _line(load, 3, 4)  # a correction: another amount under the same reference


def _line(load: Load, day: int, number: int) -> tuple[Value, ...]:
    chosen = noise(day, number)
    merchant = 1 + chosen % (MERCHANTS + 1)  # one merchant is unknown: its lines are exceptions
    currency = CURRENCIES[chosen // 7 % len(CURRENCIES)]
    is_refund = number % 6 == 5
    gross = amount(currency, day, number, load.number) * (-1 if is_refund else 1)
    settled = FIRST_DAY + timedelta(days=day)
    network = _NETWORKS[number % len(_NETWORKS)]
    facts = (
        network,
        f"{network[:1].upper()}{day:03}{number:04}",
        merchant,
        "refund" if is_refund else "sale",
    )
    money = (settled - timedelta(days=1), settled, gross, Decimal("0.11"), currency)
    return (*facts, *money, load.at.date(), *load.trail)


def _chargebacks(load: Load) -> Iterator[tuple[Value, ...]]:
    for number in range(10 if load.number == 1 else 3):
        status = "open" if load.number == 1 else ("won", "lost", "lost")[number]
        merchant = None if number == 9 else 1 + number % MERCHANTS
        received = FIRST_DAY + timedelta(days=5 + number)
        currency = currency_of(number)
        match = "unmatched" if merchant is None else "matched"
        reference = f"V{number:03}0001"
        yield (
            *(f"CB{number:05}", "visa", reference, f"pay-{number}", merchant, "10.4", status),
            *(amount(currency, 11, number), currency, received, match, _committed(load, number), *load.trail),
        )


def _events(load: Load) -> Iterator[tuple[Value, ...]]:
    first, last = (0, 300) if load.number == 1 else (300, 340)
    for number in range(first, last):
        currency = CURRENCIES[number % len(CURRENCIES)]
        value = amount(currency, 13, number)
        minor = int(value) if currency == "JPY" else int(value * 100)
        at = datetime.combine(FIRST_DAY, time()) + timedelta(hours=number)
        kind = ("captured", "captured", "authorised", "refunded")[number % 4]
        event = number - 1 if number % 50 == 1 else number  # the gateway retries
        facts = (f"evt-{event:06}", f"pay-{event}", 1 + number % MERCHANTS, kind, value, currency, minor)
        yield (*facts, at, at + timedelta(seconds=3), "payments.events", number % 6, number)


def _postings(load: Load) -> Iterator[tuple[Value, ...]]:
    days = range(DAYS) if load.number == 1 else range(DAYS, DAYS + 1)
    for day in days:
        for account in range(100, 100 + len(CURRENCIES)):
            currency = currency_of(account)
            start = datetime.combine(FIRST_DAY + timedelta(days=day), time())
            money = (amount(currency, 17, day, account), amount(currency, 19, day, account))
            end = start + timedelta(hours=1)
            yield (account, currency, start, end, *money, 4, end + timedelta(hours=2))
