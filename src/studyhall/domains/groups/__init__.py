"""People who study together: groups, who belongs to them, and how one comes in.

Owns groups, memberships and invitations.

Words:
    leader, admin, member: the three roles. A group has at least one living leader as long as it is open.
    type: in a leader-controlled group leaders manage what is shared; in a community every member adds.
    visibility: a public group is found and joined by anybody; a private one does not exist for outsiders.
    invite code: a secret that lets whoever has it in. It is shown to leaders and admins and stored sealed.
    invitation: addressed to one person, valid for seven days. An open one makes a private group visible to him.
    closed: softly deleted. Nobody sees the group any more; its leader may take that back for a while.
"""
