-- The sessions whose events are of several kinds, once for each kind.
SELECT numbered.visitor, numbered.session, duration_ms, browser_family, os_family, device_family
FROM numbered
INNER JOIN lengths ON lengths.visitor = numbered.visitor AND lengths.session = numbered.session
INNER JOIN kinds ON kinds.kind = numbered.kind
WHERE lengths.kind <> lengths.other_kind
