import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Operation } from '../../src/auth/auth.decorators.js';
import type { Principal } from '../../src/auth/principal.js';
import { actorOf } from '../../src/authorization/access.js';
import { answerTo } from '../../src/authorization/answer.js';
import { send } from '../../src/authorization/sent.js';
import { ReserveRequest } from '../../src/dispensing/counter.dto.js';
import { reservedView } from '../../src/dispensing/counter.view.js';
import { identifiersMatch } from '../../src/dispensing/identifiers.js';
import { counterReader } from '../../src/dispensing/reader.js';
import { DispenseRequest } from '../../src/dispensing/reservation.dto.js';
import { dispenseCommand } from '../../src/dispensing/reservation.service.js';
import { handedOverView } from '../../src/dispensing/reservation.view.js';
import { IdParam } from '../../src/http/id-param.js';
import { IdempotencyKey } from '../../src/http/idempotency-key.js';
import { InLane } from '../../src/http/overload.js';
import { ControlService } from './control.service.js';

@Controller('v1')
export class ControlController {
  constructor(@Inject(ControlService) private readonly service: ControlService) {}

  @Post('counter/reserve')
  @HttpCode(200)
  @InLane('counter')
  @Operation('reserve')
  async reserve(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @Body() body: ReserveRequest,
    @Res() reply: FastifyReply,
  ) {
    const number = body.toNumber();
    const siteZone = body.siteZone ?? null;
    const sent = await this.service.run({
      principal: who,
      find: { number },
      keyed: { key, body: ['reserve', body] },
      command: (loaded, id) => ({
        do: 'reserve',
        id,
        at: loaded.at,
        by: actorOf(who, loaded.file.patient),
        authorization: Object.entries(loaded.numbers).find(([, each]) => each === number)?.[0] ?? number,
        presented: { ...body.toPresented(), identifiersMatch: identifiersMatch(loaded.person, body.toIdentifiers()) },
        confirmationNumber: null,
      }),
      answer: (decided) => answerTo(decided, 'pharmacist', () => reservedView(decided, siteZone), 200, counterReader(decided, siteZone)),
    });
    send(reply, sent);
  }

  @Post('reservations/:authorizationId/dispense')
  @HttpCode(200)
  @InLane('counter')
  @Operation('dispense')
  async dispense(
    @CurrentPrincipal() who: Principal,
    @IdempotencyKey() key: string,
    @IdParam('authorizationId') id: string,
    @Body() body: DispenseRequest,
    @Res() reply: FastifyReply,
  ) {
    const handOver = body.toHandOver();
    const sent = await this.service.run({
      principal: who,
      find: { id },
      keyed: { key, body: ['dispense', id, body] },
      command: (loaded, fact) =>
        dispenseCommand(
          { id: fact, at: loaded.at, by: actorOf(who, loaded.file.patient) },
          id,
          handOver,
          true,
          handOver.siteZone ?? 'America/New_York',
        ),
      answer: (decided) =>
        answerTo(decided, 'pharmacist', () => handedOverView(decided, handOver), 200, counterReader(decided, handOver.siteZone)),
    });
    send(reply, sent);
  }
}
