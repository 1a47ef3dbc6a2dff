"""What is judged of a difference: findings, and the score that ranks them."""
