/** Whether the admin API answers callers from other machines. */
export class AdminAccess {
  constructor(readonly open: boolean) {}
}
