/** What reports give, and what they may ask of the run that they are of. */
import type { ReportItem } from '../../program/manifest.ts';
import type { State, Tensor } from '../engines/engine.ts';
import type { Applied } from '../run/loop.ts';
import type { Time } from '../run/schedule.ts';
import type { Points } from './pictures/points.ts';

/** Numbers, and files for pictures/ and sounds/ (several of one name in parts). */
export type ReportResult =
  | {
      readonly kind: 'metric';
      readonly name: string;
      readonly value: number;
      readonly better: 'higher' | 'lower' | 'neither';
    }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly extension: string;
      readonly part?: number;
      readonly bytes: Uint8Array;
      /** Of a sound: its spectrogram, a PNG that lies beside it under the same name. */
      readonly picture?: Uint8Array;
      /** Of an embedding: what the run's page shows of each point. */
      readonly points?: Points;
      /** Rows that a picture shows of samples alone, for rules of health. */
      readonly drawn?: Tensor;
    }
  /** It could not be computed or drawn; a report is no reason to stop a run. */
  | { readonly kind: 'problem'; readonly name: string; readonly reason: string };

/** What a report may ask of the run. */
export interface Moment {
  readonly state: Pick<State, 'report' | 'read'>;
  readonly time: Time;
  readonly applied: Applied;
  /**
   * Called in long work with what is made and the share of it that is done, from 0 to 1: the line's values one by one
   * (`fd: rows of a`), then what it computes from them (`fd`; of several metrics in one line, `fd: frechet`). Throws Interrupted to end the report, GivenUp to go on without what the line computes.
   */
  pulse?(name: string, share: number): void;
}

/** Runs these items, in order, and changes nothing. Rejects with Interrupted where the moment's pulse throws it. */
export type Reporter = (items: readonly ReportItem[], moment: Moment) => Promise<readonly ReportResult[]>;
