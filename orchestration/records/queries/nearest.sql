-- The shops and merchant groups whose keys are most like what was asked for.
with

keys as (

    select shop_key as key from ccr.dim_shops
    union
    select merchant_group_key as key from ccr.dim_shops where merchant_group_key is not null

)

select key
from keys
order by
    greatest(
        jaro_winkler_similarity(key, $asked),
        jaro_winkler_similarity(substr(key, instr(key, ':') + 1), $asked)
    ) desc,
    key
limit 3
