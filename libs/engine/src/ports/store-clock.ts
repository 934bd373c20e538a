/** The store's clock, the only one that is compared between processes. Epoch ms. */
export interface StoreClock {
  time(): Promise<number>;
}
