/** Something to be placed in a column. Links meet it in the middle of its sides if it says so, else where they come from. */
export type Box = {
  readonly id: string;
  readonly column: number;
  readonly width: number;
  readonly height: number;
  readonly centre?: boolean;
};
/** Leads from one box to another, in whichever direction the columns lie. */
export type Link = { readonly from: string; readonly to: string };

/** A box, or the lane in which a link passes a column. */
export type Node = Box & { readonly lane: boolean };
/** A part of a link, between neighbouring columns. */
export type Step = { readonly left: Node; readonly right: Node };
