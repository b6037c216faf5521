import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key that the auth guard reads. */
export const OPEN_ROUTE = 'http:open-route';

/** A route that needs no sign-in. There are three: live, ready, metrics. */
export const OpenRoute = (): CustomDecorator => SetMetadata(OPEN_ROUTE, true);
