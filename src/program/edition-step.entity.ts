import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One step of an edition's life: who took it, when, after which other. Only added. What the clock does (effective, superseded) is no row. */
@Entity('edition_step')
@Check('edition_step_step_check', "step IN ('drafted', 'checked', 'approved', 'withdrawn')")
@Check(
  'edition_step_follows',
  `CASE step WHEN 'drafted' THEN follows IS NULL WHEN 'checked' THEN follows = 'drafted' WHEN 'approved' THEN follows = 'checked'
    ELSE follows IN ('drafted', 'checked', 'approved') END`,
)
@Check('edition_step_drafted', "step <> 'drafted' OR taken_by = drafted_by")
@Check('edition_step_two_persons', "step <> 'approved' OR taken_by <> drafted_by")
@Check('edition_step_revision', "(step = 'approved' OR (step = 'withdrawn' AND follows = 'approved')) = (revision IS NOT NULL)")
@Check('edition_step_reason', "step <> 'withdrawn' OR reason IS NOT NULL")
@Index('edition_step_one_change', ['revision'], { unique: true, where: 'revision IS NOT NULL' })
@ForeignKey('edition_document', ['hash', 'draftedBy'], ['hash', 'draftedBy'], { name: 'edition_step_author' })
@ForeignKey('edition_step', ['hash', 'follows'], ['hash', 'step'], { name: 'edition_step_order' })
export class EditionStepEntity {
  @PrimaryColumn('text')
  hash!: string;

  @PrimaryColumn('text')
  step!: 'drafted' | 'checked' | 'approved' | 'withdrawn';

  @Column('text', { nullable: true })
  follows!: 'drafted' | 'checked' | 'approved' | null;

  @Column('uuid')
  draftedBy!: string;

  @Column('uuid')
  takenBy!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('uuid')
  entryId!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** The catalogue's revision that this step made; null when it changed nothing that is in force. */
  @Column('integer', { nullable: true })
  revision!: number | null;
}
