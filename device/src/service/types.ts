/**
 * A service of this computer as data: what is known, which file describes it, which commands make it run.
 * Separate so that the three service managers' plans and the hand that carries them out agree on one shape. Pure data.
 */

/** Who looks after programs on this computer. */
export type Manager = 'systemd' | 'launchd' | 'task-scheduler';
/** `user`: with this person's login. `system`: with the computer, for everybody on it. */
export type Scope = 'user' | 'system';

/** All paths are absolute, in the computer's own form. */
export interface ServiceFacts {
  readonly manager: Manager;
  readonly scope: Scope;
  /** The Node that runs this very command. */
  readonly nodePath: string;
  /** `b3iq-host.mjs` of this installation. */
  readonly programPath: string;
  /** Where a service of this person keeps its state; `undefined` leaves a system service its own place. */
  readonly stateDir: string | undefined;
  readonly home: string;
  /** Account name, on Windows with its domain: `DESKTOP\anna`. With sudo: the person behind it. */
  readonly user: string;
  /** Numeric id of that account; `undefined` on Windows. */
  readonly uid: number | undefined;
  /** The command runs with root's rights, which is known everywhere but on Windows. */
  readonly isRoot: boolean;
  /** Folder of this person's systemd units: `~/.config/systemd/user`. */
  readonly userUnitDir: string;
  /** Folder of the administrator's systemd units: `/etc/systemd/system`. */
  readonly systemUnitDir: string;
  /** Those of `video` and `render` that this computer has: a GPU is theirs. */
  readonly gpuGroups: readonly string[];
  /** This person's services already start without a login. @see loginctl(1), enable-linger */
  readonly lingers: boolean;
  /** Windows only: `%LOCALAPPDATA%` and `%ProgramData%`. */
  readonly localAppData: string | undefined;
  readonly programData: string | undefined;
}

/** One command; nothing secret is ever in it. */
export interface Step {
  readonly argv: readonly [string, ...string[]];
  /** What it does: `Reading the units again`. */
  readonly says: string;
  /** Its failing says only that there was nothing to do. */
  readonly mayFail?: true;
}

export interface ServiceFile {
  readonly path: string;
  /** Whole text before its mark (`mark.ts`) is put in. */
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** The task scheduler reads UTF-16 with a byte order mark only. */
  readonly encoding: 'utf8' | 'utf16le';
}

export interface ServicePlan {
  readonly kind: 'plan';
  /** Why this account may look at it and not carry it out; whole sentences. */
  readonly mayNot: string | undefined;
  /** As its manager knows it: `b3iq-host.service`. */
  readonly name: string;
  readonly file: ServiceFile;
  /** Where the service keeps its state; never removed with it. */
  readonly stateDir: string;
  /** Folders that must be there first, made with these permission bits. */
  readonly folders: readonly { readonly path: string; readonly mode: number }[];
  /** After the file was written for the first time, or again with another text. */
  readonly start: readonly Step[];
  /** When the file was as it should be: makes sure that it runs. */
  readonly ensure: readonly Step[];
  /** Before the file is removed. */
  readonly stop: readonly Step[];
  /** After it was. */
  readonly forget: readonly Step[];
  /** Exit 0 when the manager runs it now. */
  readonly ask: Step;
  /** Text that `ask` must also print for it to be running; some managers end with 0 whenever they know it. */
  readonly runningSays: string | undefined;
  /** Sentences a person should read once it is installed. */
  readonly notes: readonly string[];
  /** The command that shows what it logged, for a person to type; `undefined` where nobody keeps it. */
  readonly logs: string | undefined;
}

/** What cannot be expressed or may not be done, in whole sentences with what to do instead. */
export interface ServiceRefusal {
  readonly kind: 'refused';
  readonly reason: string;
}
