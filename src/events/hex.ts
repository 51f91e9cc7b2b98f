// The values of hex digits, by their byte. A look into a table is the fastest way to read ids.

/** The value of what is no lower-case hex digit: one OR over many values finds it. */
export const NOT_HEX = 0x100;

/** The value of each byte that is a lower-case hex digit, NOT_HEX for any other. */
export const HEX_VALUES = Int16Array.from({ length: 256 }, (_none, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return value === -1 ? NOT_HEX : value;
});
