-- Answer 2: sessions of each value of the three fields.
SELECT field, value, sum(sessions) AS sessions
FROM by_value
GROUP BY field, value
