export type Times = { readonly create_time: string; readonly update_time: string; readonly status_time: string };

export const never: Times = { create_time: "", update_time: "", status_time: "" };
export const born = (time: string): Times => ({ create_time: time, update_time: time, status_time: time });
