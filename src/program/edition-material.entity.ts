import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A guide or form of an edition, as text, by the hash that editions name it by. Only added. */
@Entity('edition_material')
@Check('edition_material_is_its_hash', "sha256 = encode(sha256(content), 'hex')")
export class EditionMaterialEntity {
  @PrimaryColumn('text')
  sha256!: string;

  @Column('bytea')
  content!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;
}
