"""Refusals of push."""

from studyhall.platform.errors import Invalid, NotFound


class SubscriptionRefused(Invalid):
    """What was sent is no subscription that a browser makes, or its address leads into our own network."""

    code, message = "PUSH_SUBSCRIPTION_REFUSED", "This is no subscription of a push service."


class SubscriptionNotFound(NotFound):
    message = "There is no such subscription, or it is not yours."
