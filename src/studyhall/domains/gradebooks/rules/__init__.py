"""Pure rules of files: from bytes to drafts."""
