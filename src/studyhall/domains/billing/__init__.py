"""What a person may use beyond the free plan, and who says so.

Owns plans, subscriptions and the log of gateway events. A person has a plan by a *grant* of an administrator, by a
*payment* at the gateway, or both; each ends on its own, and he may use what either gives.

Words:
    plan: what can be had, with its price; seeded rows.
    entitlement: one right that plans include, e.g. `premium`; what routes ask for.
    subscription: that a person has a plan from one origin, until it ends.
"""
