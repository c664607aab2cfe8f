"""What keeps a Terraform state, or a part of it, from being adopted."""

from slipway.model.errors import SlipwayError, UsageError


class StateUnreadable(UsageError):  # noqa: N818 - it says what is the case
    """The bytes that were named are no state that can be read here."""


class SameStateTwice(UsageError):  # noqa: N818 - same
    """Two sources that were named are one state."""


class LayerUnclear(UsageError):  # noqa: N818 - same
    """A layer that was named takes nothing, or what another layer takes too."""


class NotAdoptable(SlipwayError):  # noqa: N818 - same
    """What a layer takes holds objects that must not be adopted as they are."""


class ProposalUnreadable(UsageError):  # noqa: N818 - same
    """A file is no proposal, or not the one that its digest is of."""


class ProposalOutdated(SlipwayError):  # noqa: N818 - same
    """What a proposal was made of is not what is there now."""


class NotProven(SlipwayError):  # noqa: N818 - same
    """There is no proof of a layer that a change of its owner could rest on."""


class NotTold(SlipwayError):  # noqa: N818 - same
    """The ledger does not say of a layer what a change of its owner needs."""


class NotFree(SlipwayError):  # noqa: N818 - same
    """Pulumi has something where an adopted resource would be."""


class NotWrappable(SlipwayError):  # noqa: N818 - same
    """A layer cannot be written as components, or something is where they would be."""
