/** A block to place in a column. With `centre`, links meet the middle of its sides; otherwise they meet the point nearest to their origin. */
export type Box = {
  readonly id: string;
  readonly column: number;
  readonly width: number;
  readonly height: number;
  readonly centre?: boolean;
};
/** A connection from one box to another, to the left or to the right. */
export type Link = { readonly from: string; readonly to: string };

/** A box, or the lane through which a link crosses a column. */
export type Node = Box & { readonly lane: boolean };
/** The part of a link between two neighbouring columns. */
export type Step = { readonly left: Node; readonly right: Node };
