"""What a client must know before anybody signs in."""

from pydantic import Field

from studyhall import __version__
from studyhall.domains.identity.public import LONGEST_PASSWORD_BYTES, SHORTEST_PASSWORD
from studyhall.platform.settings import Settings
from studyhall.platform.web import Schema


class SignOnProvider(Schema):
    """An OpenID Connect provider; send the browser to `authorize_url`."""

    name: str
    label: str
    authorize_url: str


class GoogleSignOn(Schema):
    """Sign-on with Google's own button; its ID token goes to /auth/google."""

    client_id: str


class ClientLimits(Schema):
    max_body_bytes: int
    max_upload_bytes: int
    shortest_password: int
    longest_password_bytes: int


class ClientFeatures(Schema):
    """What is switched on here."""

    web_push: bool
    google_sign_on: bool
    sign_on: bool


class ClientConfigData(Schema):
    version: str
    google: GoogleSignOn | None
    sign_on_providers: list[SignOnProvider]
    vapid_public_key: str = Field(description="For Web Push: the `applicationServerKey` of a subscription.")
    limits: ClientLimits
    features: ClientFeatures


def client_config(settings: Settings, vapid_public_key: str) -> ClientConfigData:
    """Only what may be known by everybody: no secret, no address of an inner part."""
    providers = [
        SignOnProvider(
            name=one.name,
            label=one.label or one.name.title(),
            authorize_url=f"{settings.base_url}/api/v1/auth/oidc/{one.name}/authorize",
        )
        for one in settings.oidc_providers
    ]
    google = settings.google_client_id
    return ClientConfigData(
        version=__version__,
        google=GoogleSignOn(client_id=google) if google else None,
        sign_on_providers=providers,
        vapid_public_key=vapid_public_key,
        limits=ClientLimits(
            max_body_bytes=settings.max_body_bytes,
            max_upload_bytes=settings.max_upload_bytes,
            shortest_password=SHORTEST_PASSWORD,
            longest_password_bytes=LONGEST_PASSWORD_BYTES,
        ),
        features=ClientFeatures(web_push=True, google_sign_on=bool(google), sign_on=bool(providers)),
    )
