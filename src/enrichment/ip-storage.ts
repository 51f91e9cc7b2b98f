// How much of a client's address an event may have: all, its IPv4 /24 or IPv6 /48, or nothing.

export const IP_STORAGE = ['full', 'truncated', 'none'] as const;
export type IpStorage = (typeof IP_STORAGE)[number];
