-- The shops of a shop's or merchant group's key, given whole or without its platform.
with

keys as (

    select
        shop_key,
        case $kind when 'shop' then shop_key when 'group' then merchant_group_key end as key
    from ccr.dim_shops

)

select
    key,
    shop_key
from keys
where
    key = $key
    or ends_with(key, ':' || $key)
order by all
