"""Language models: which one answers whom.

Owns, so far, each person's own provider settings. Words: a *provider* runs models, a *model* is one of them, an
*endpoint* is the address where a provider is reached, a *key* is what the provider knows the person by.
"""
