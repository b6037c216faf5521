import { Module } from '@nestjs/common';
import { PatientCommands } from './patient.commands.js';

/** Whoever may speak about a patient, and the one road of what they say. */
@Module({ providers: [PatientCommands], exports: [PatientCommands] })
export class SpeakerModule {}
