import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** An entry that is under no checkpoint yet: written with the entry, drained by the sequencer. */
@Entity('entry_pending')
export class EntryPendingEntity {
  @PrimaryColumn('uuid')
  @ForeignKey('entry')
  entryId!: string;
}
