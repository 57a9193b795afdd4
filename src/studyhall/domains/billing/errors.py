"""Refusals of billing."""

from studyhall.platform.errors import BadRequest, Conflict, Forbidden, NotFound


class EntitlementRequired(Forbidden):
    code, message = "ENTITLEMENT_REQUIRED", "Your plan does not include this. The plans are at /billing/plans."


class PlanNotFound(NotFound):
    code, message = "PLAN_NOT_FOUND", "There is no such plan."


class AlreadySubscribed(Conflict):
    code, message = "ALREADY_SUBSCRIBED", "You pay for a plan already."


class SubscriptionIsPaid(Conflict):
    code = "SUBSCRIPTION_IS_PAID"
    message = "There is no grant to end: this person pays for the plan. End it at the gateway, then it ends here too."


class GatewayUnknown(NotFound):
    code, message = "GATEWAY_NOT_FOUND", "No such payment gateway is set up on this server."


class SignatureRefused(BadRequest):
    code, message = "SIGNATURE_REFUSED", "This is not a genuine call of the gateway."
