-- How many of the listed orders are in each tab, and how many of those count.
select
    tabs.tab,
    count(records.order_key) as orders,
    count(records.order_key) filter (where records.is_counted) as counted_orders
from (values ('appealable', 1), ('in_progress', 2), ('upheld', 3), ('failed', 4), ('none', 5)) as tabs (tab, tab_no)
left join records on tabs.tab = records.tab
group by tabs.tab, tabs.tab_no
order by tabs.tab_no
