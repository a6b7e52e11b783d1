"""What a merchant may ask about own shops: records, issues, sessions, appeals, penalties. Only reads."""
