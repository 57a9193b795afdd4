"""Refusals of groups."""

from studyhall.platform.errors import Conflict, Forbidden, Gone, NotFound


class GroupNotFound(NotFound):
    code, message = "GROUP_NOT_FOUND", "There is no such group, or you may not see it."


class CodeInvalid(NotFound):
    code = "INVITE_CODE_INVALID"
    message = "This invite code does not hold, or no longer. Ask somebody in the group for the present one."


class MemberNotFound(NotFound):
    code, message = "MEMBER_NOT_FOUND", "This person is not in the group."


class InviteeNotFound(NotFound):
    code, message = "USER_NOT_FOUND", "There is no such person."


class InvitationNotFound(NotFound):
    code, message = "INVITATION_NOT_FOUND", "There is no such invitation, or it is not yours."


class NotInGroup(Forbidden):
    code, message = "NOT_IN_GROUP", "Only members of the group may do this. Join it first."


class RoleTooLow(Forbidden):
    code, message = "GROUP_ROLE_TOO_LOW", "Your role in the group does not allow this."


class AlreadyMember(Conflict):
    code, message = "ALREADY_MEMBER", "This person is in the group already."


class NotAMember(Conflict):
    code, message = "NOT_A_MEMBER", "You are not in this group."


class GroupFull(Conflict):
    code, message = "GROUP_FULL", "The group has as many members as it takes."


class LastLeader(Conflict):
    code = "LAST_LEADER"
    message = "The group would have no leader. Make somebody else leader first, or close the group."


class TooManyGroups(Conflict):
    code, message = "TOO_MANY_GROUPS", "You are in as many groups as one can be. Leave one first."


class AlreadyInvited(Conflict):
    code, message = "ALREADY_INVITED", "This person has an open invitation to the group."


class TooManyInvitations(Conflict):
    code, message = "TOO_MANY_INVITATIONS", "The group has too many open invitations. Take some back, or wait."


class InvitationAnswered(Conflict):
    code, message = "INVITATION_ANSWERED", "This invitation has been answered already."


class InvitationExpired(Gone):
    code, message = "INVITATION_EXPIRED", "This invitation was valid for seven days and is over. Ask for a new one."
