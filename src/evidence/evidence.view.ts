import { ApiProperty } from '@nestjs/swagger';
import type { Decided } from '../authorization/command.runner.js';
import type { Audience } from '../wording/audience.js';
import { type AfterEvidence, afterEvidence } from './after-evidence.js';
import { closedBy } from './closed.js';

/** The answer to a recorded fact. */
export class EvidenceReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The next act first, where there is one that cannot wait' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object], description: 'Always empty for an accepted fact' }) reasons!: object[];
  @ApiProperty({ type: [Object], description: 'What to look at, without being refused' }) warnings!: object[];
  @ApiProperty({ format: 'uuid', description: 'The fact; of a pregnancy test the id that corrections and clearings name' }) id!: string;
  @ApiProperty({ type: [Object], description: 'What stands against the medicine now, in the reader’s words' }) standing!: readonly object[];
  @ApiProperty({ type: [String], description: 'What to do next' }) next!: readonly string[];
  @ApiProperty({ type: [String], required: false, description: 'For the practice: authorizations that ended with this' })
  closed?: readonly string[];
}

export function evidenceReply(decided: Decided, audience: Audience): AfterEvidence & Pick<EvidenceReply, 'id' | 'closed'> {
  return {
    id: decided.command.id,
    ...afterEvidence(decided, audience),
    ...(audience === 'prescriber' ? { closed: closedBy(decided) } : {}),
  };
}
