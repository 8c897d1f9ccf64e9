"""The foundation's tables."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    """Go forward."""


def downgrade():
    """Go back."""
