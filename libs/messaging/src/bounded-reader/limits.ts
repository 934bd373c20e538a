/** What one partition may cost in one answer of a broker, whatever its topic allows. */
export const READER_LIMITS = {
  /** Bytes of records as they are stored. The default of a broker for one batch is 1,048,588. */
  recordSetBytes: 1_200_000,
  /** Bytes of the records of all batches after decompression; the first batch alone may have as many. */
  inflatedBytes: 1_200_000,
  /** Records of all batches; the first batch alone may have as many. */
  records: 10_000,
} as const;

/** Header of a record that stands for a batch that is not read; its value says why. */
export const SET_ASIDE_HEADER = 'dialtone_set_aside';
