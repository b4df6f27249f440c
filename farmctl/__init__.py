"""GitOps for 3D-print farms: desired state in git, observed on printers, recorded in a ledger."""

__version__ = "0.1.0"
