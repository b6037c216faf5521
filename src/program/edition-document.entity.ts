import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** The exact bytes of an edition, by their hash: what this release ships, what earlier ones shipped, and what stewards have drafted. Only added. */
@Entity('edition_document')
@Check('edition_document_origin_check', "origin IN ('shipped', 'drafted')")
@Check('edition_document_is_its_hash', "hash = encode(sha256(document), 'hex')")
@Check('edition_document_drafted', "(origin = 'drafted') = (drafted_by IS NOT NULL)")
@Unique('edition_document_author', ['hash', 'draftedBy'])
@Index('edition_document_of_program', ['program'])
export class EditionDocumentEntity {
  @PrimaryColumn('text')
  hash!: string;

  @Column('text')
  program!: string;

  @Column('text')
  edition!: string;

  @Column('text')
  origin!: 'shipped' | 'drafted';

  /** RFC 8785 canonical JSON, UTF-8. */
  @Column('bytea')
  document!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  effectiveFrom!: Date;

  /** The steward; null when it came with the release. */
  @Column('uuid', { nullable: true })
  draftedBy!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  recordedAt!: Date;
}
