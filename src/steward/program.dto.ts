import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, CodeField } from '../http/fields.js';
import { PRODUCT_SYSTEMS, type ProductSystem } from '../program/products.js';

export class FindProgramQuery {
  @ChoiceField(PRODUCT_SYSTEMS, { description: 'What the code is: an NDC (United States), an RxNorm concept, a DIN (Canada), or another' })
  system!: ProductSystem;
  @CodeField(60, { description: 'The product’s code, for example 99999-0425-21; an NDC with its dashes, or without' })
  code!: string;
  @CodeField(20, { description: 'Where it is dispensed, for example US' })
  jurisdiction!: string;
}

export class ProductView {
  @ApiProperty({ enum: PRODUCT_SYSTEMS }) system!: string;
  @ApiProperty() code!: string;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
}

export class MaterialView {
  @ApiProperty() code!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Whose it is; null: not said' }) audience!: string | null;
  @ApiProperty({ type: [String], nullable: true, description: 'Categories it is for; null: every one' }) categories!: string[] | null;
  @ApiProperty({ type: String, nullable: true, description: 'Address of the text by its hash; null while the text is not on file' })
  href!: string | null;
}

export class PastEditionView {
  @ApiProperty() edition!: string;
  @ApiProperty() title!: string;
  @ApiProperty() hash!: string;
  @ApiProperty({ enum: ['hard', 'advisory', 'none'], nullable: true }) gate!: string | null;
  @ApiProperty({ description: 'ISO 8601' }) effectiveFrom!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Its last instant, ISO 8601; null: it holds until another comes' }) until!:
    | string
    | null;
}

export class ProgramView {
  @ApiProperty() program!: string;
  @ApiProperty() title!: string;
  @ApiProperty() jurisdiction!: string;
  @ApiProperty({ type: String, nullable: true }) molecule!: string | null;
  @ApiProperty({ description: 'The program has ended: nothing is judged under it any more, and its history stays to be read' })
  retired!: boolean;
  @ApiProperty({
    enum: ['hard', 'advisory', 'none'],
    nullable: true,
    description: 'Whether its conditions stand before a fill, refer to a person, or are none any more; null: not known, taken as hard',
  })
  gate!: string | null;
  @ApiProperty({ description: 'The edition in force; of a program that has ended, its last one' }) edition!: string;
  @ApiProperty() editionHash!: string;
  @ApiProperty({ type: [ProductView], nullable: true, description: 'null: the codes of its products are not known' })
  products!: ProductView[] | null;
  @ApiProperty({ type: [MaterialView] }) materials!: MaterialView[];
  @ApiProperty({ type: [PastEditionView], description: 'Every edition that holds, held or will hold, in that order' })
  history!: PastEditionView[];
}

export class ProgramList {
  @ApiProperty({ type: [ProgramView] }) programs!: ProgramView[];
}
