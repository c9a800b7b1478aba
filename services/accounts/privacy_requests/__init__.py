"""What people ask about their personal data, and the school's answer within the term of the law (152-ФЗ)."""
