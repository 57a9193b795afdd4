"""Pure rules of scans."""
