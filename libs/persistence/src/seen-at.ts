/**
 * SQL, of `dids d` joined with its `connections c`: when a verdict was last confirmed. A sweep does not rewrite an unchanged
 * verdict; its age is that of the connection's last complete sweep. The age of a stale verdict is that of its own observation.
 */
export const SEEN_AT = `case when d.stale or d.observed_at is null then d.observed_at
                             else greatest(d.observed_at, c.observed_through) end`;
