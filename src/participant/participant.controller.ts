import { Body, Controller, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../auth/auth.decorators.js';
import type { Principal } from '../auth/principal.js';
import { send } from '../authorization/sent.js';
import { IdParam } from '../http/id-param.js';
import { IdempotencyKey } from '../http/idempotency-key.js';
import { NoBody } from '../http/no-body.js';
import {
  CertifyPharmacyRequest,
  CertifyPrescriberRequest,
  instantOf,
  ListParticipantsQuery,
  ParticipantList,
  ParticipantReply,
  RegisterParticipantRequest,
  SuspendRequest,
  TrainPersonRequest,
} from './participant.dto.js';
import { ParticipantService } from './participant.service.js';
import { ParticipantView } from './participant.view.js';

@Controller('v1/participants')
export class ParticipantController {
  constructor(@Inject(ParticipantService) private readonly service: ParticipantService) {}

  @Get()
  @Operation('listParticipants')
  @ApiOkResponse({ type: ParticipantList })
  list(@Query() { kind, after, limit }: ListParticipantsQuery): Promise<ParticipantList> {
    return this.service.list({ kind: kind ?? null, after: after ?? null, limit: limit ?? 50 });
  }

  @Get(':participantId')
  @Operation('getParticipant')
  @ApiOkResponse({ type: ParticipantView })
  get(@CurrentPrincipal() who: Principal, @IdParam('participantId') id: string): Promise<ParticipantView> {
    return this.service.get(who, id);
  }

  @Post()
  @Operation('registerParticipant')
  @ApiCreatedResponse({ type: ParticipantReply })
  async register(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: RegisterParticipantRequest,
    @Res() reply: FastifyReply,
  ) {
    const { kind, name, phone, chain, actsFor, zone, licence } = body;
    const onRecord = { ...(zone ? { zone } : {}), ...(licence ? { licence } : {}) };
    const asked = { kind, name, phone: phone ?? null, chain: chain ?? null, actsFor: actsFor ?? null, ...onRecord };
    send(reply, await this.service.register(who, asked, { key, body: ['register', body] }));
  }

  @Post('prescribers/:participantId/certification')
  @Operation('certifyPrescriber')
  @ApiOkResponse({ type: ParticipantReply })
  async certifyPrescriber(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @Body() body: CertifyPrescriberRequest,
    @Res() reply: FastifyReply,
  ) {
    const keyed = { key, body: ['certify-prescriber', id, body] };
    const asked = { until: instantOf(body.until), ...(body.licence ? { licence: body.licence } : {}) };
    send(reply, await this.service.certify(who, 'prescriber', id, asked, keyed));
  }

  @Post('pharmacies/:participantId/certification')
  @Operation('certifyPharmacy')
  @ApiOkResponse({ type: ParticipantReply })
  async certifyPharmacy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @Body() body: CertifyPharmacyRequest,
    @Res() reply: FastifyReply,
  ) {
    const asked = { until: instantOf(body.until), ...(body.zone ? { zone: body.zone } : {}) };
    send(reply, await this.service.certify(who, 'pharmacy', id, asked, { key, body: ['certify-pharmacy', id, body] }));
  }

  @Post('prescribers/:participantId/suspension')
  @Operation('suspendPrescriber', {
    description:
      'Ends, in the same transaction, every open authorization that the prescriber issued or prepares; each patient’s entry names the suspension.',
  })
  @ApiOkResponse({ type: ParticipantReply })
  async suspendPrescriber(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @Body() body: SuspendRequest,
    @Res() reply: FastifyReply,
  ) {
    const cause = { reason: body.reason, until: instantOf(body.until) };
    send(reply, await this.service.suspend(who, 'prescriber', id, cause, { key, body: ['suspend-prescriber', id, body] }));
  }

  @Post('pharmacies/:participantId/suspension')
  @Operation('suspendPharmacy', {
    description:
      'Holds in every decision from this instant. The site’s reservations end; the prescriptions stay good for other certified sites.',
  })
  @ApiOkResponse({ type: ParticipantReply })
  async suspendPharmacy(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @Body() body: SuspendRequest,
    @Res() reply: FastifyReply,
  ) {
    const cause = { reason: body.reason, until: instantOf(body.until) };
    send(reply, await this.service.suspend(who, 'pharmacy', id, cause, { key, body: ['suspend-pharmacy', id, body] }));
  }

  @Post('pharmacies/:participantId/training')
  @Operation('trainPerson')
  @ApiOkResponse({ type: ParticipantReply })
  async train(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @Body() body: TrainPersonRequest,
    @Res() reply: FastifyReply,
  ) {
    const training = { person: body.person, until: instantOf(body.until) };
    send(reply, await this.service.train(who, id, training, { key, body: ['train', id, body] }));
  }

  @Post('delegates/:participantId/end')
  @Operation('endDelegation')
  @ApiOkResponse({ type: ParticipantReply })
  async endDelegation(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('participantId') id: string,
    @NoBody() body: Record<string, never>,
    @Res() reply: FastifyReply,
  ) {
    send(reply, await this.service.endDelegation(who, id, { key, body: ['end-delegation', id, body] }));
  }
}
