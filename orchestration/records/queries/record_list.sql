-- The listed orders, newest order day first; of one tab, or about one issue, where asked.
select *
from records
where
    ($tab is null or tab = $tab)
    and ($issue is null or list_contains(issue_codes, $issue))
order by order_day desc, shop_key, order_key
