export interface ReconcileRequest {
  readonly connectionId: string;
  /** Null: the whole connection. */
  readonly key: string | null;
}

/** Makes work due; what requests from other services come to. */
export interface WorkTrigger {
  /**
   * True when it became due; false when there is no such binding, or, with `key` null, no such active connection. Rejects
   * only when the store cannot be asked now.
   */
  trigger(request: ReconcileRequest): Promise<boolean>;
}
