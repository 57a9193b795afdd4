"""Roles and permissions that every installation begins with; more are data."""

PERMISSIONS: dict[str, str] = {
    "admin.users": "See, switch off and change accounts.",
    "admin.roles": "Change what roles grant.",
    "admin.analytics": "See figures of the whole installation.",
    "admin.notifications": "Send announcements.",
    "admin.audit": "Read the audit log.",
    "admin.content": "Manage sources of outside content.",
    "admin.prompts": "Edit prompts and models.",
    "admin.billing": "Grant and end plans.",
    "admin.jobs": "See the job table.",
    "courses.author": "Author subjects, topics and published material.",
    "courses.publish": "Put courses into the catalogue.",
    "quizzes.view_any": "See attempts of others.",
    "progress.view_any": "See progress of others.",
    "study_sessions.end": "End live sessions of others.",
}

_EDUCATOR = ("courses.author", "courses.publish", "quizzes.view_any", "progress.view_any")
_ADMIN = (*_EDUCATOR, *(key for key in PERMISSIONS if key.startswith("admin.") and key != "admin.roles"))

ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Student": ("Learns.", ()),
    "Educator": ("Publishes courses and sees how they are learned.", _EDUCATOR),
    "Admin": ("Runs this installation.", _ADMIN),
    "Super Admin": ("May do everything, roles included.", tuple(PERMISSIONS)),
}
