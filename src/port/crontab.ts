/** The person's own crontab, whole. Errors: `crontab-failed`. */
export interface Crontab {
  /** Empty where there is none. */
  read(): Promise<string>;
  write(text: string): Promise<void>;
}
