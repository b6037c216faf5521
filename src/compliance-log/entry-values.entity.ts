import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What an entry only commits to: erasable without touching the entry. */
@Entity('entry_values')
export class EntryValuesEntity {
  @PrimaryColumn('uuid')
  @ForeignKey('entry')
  entryId!: string;

  /** Base64, 16 bytes each, by name of the value. */
  @Column('jsonb')
  salts!: Readonly<Record<string, string>>;

  @Column('jsonb')
  values!: Readonly<Record<string, unknown>>;
}
