import type { BundleId } from "../../../schemas/generated/http.ts";

/** A part of a module, with the names of its action bundles. */
export type Feature = { readonly id: string; readonly name: string; readonly bundles: { readonly [Id in BundleId]?: string } };

/** The modules, with readable names for their features and action bundles. */
export const modules: readonly { readonly id: string; readonly name: string; readonly features: readonly Feature[] }[] = [
  {
    id: "m0",
    name: "Basics",
    features: [
      { id: "m0.f1", name: "Users", bundles: { "m0.f1.a3": "View users", "m0.f1.a4": "Change oneself" } },
      { id: "m0.f2", name: "Roles", bundles: { "m0.f2.a1": "View roles" } },
      { id: "m0.f3", name: "Groups", bundles: { "m0.f3.a1": "View groups" } },
      { id: "m0.f4", name: "Attachments", bundles: { "m0.f4.a1": "View attachments" } },
      { id: "m0.f6", name: "Categories", bundles: { "m0.f6.a1": "View categories" } },
      { id: "m0.f7", name: "Jobs", bundles: { "m0.f7.a1": "View jobs" } },
      { id: "m0.f8", name: "Tasks", bundles: { "m0.f8.a1": "View tasks" } },
      { id: "m0.f9", name: "Applications", bundles: { "m0.f9.a1": "View applications" } },
      { id: "m0.f10", name: "Clusters", bundles: { "m0.f10.a1": "View clusters" } },
      { id: "m0.f11", name: "Runtimes", bundles: { "m0.f11.a1": "View runtimes" } },
      { id: "m0.f12", name: "Credentials", bundles: { "m0.f12.a1": "View the credentials of runtimes" } },
      { id: "m0.f14", name: "Repositories", bundles: { "m0.f14.a1": "View repositories", "m0.f14.a2": "View their indexing" } },
    ],
  },
  {
    id: "m1",
    name: "Applications",
    features: [
      {
        id: "m1.f1",
        name: "Applications",
        bundles: {
          "m1.f1.a1": "View statistics",
          "m1.f1.a2": "Create",
          "m1.f1.a3": "Change",
          "m1.f1.a4": "Delete",
          "m1.f1.a5": "Release",
          "m1.f1.a6": "Suspend",
          "m1.f1.a7": "Recover",
        },
      },
      {
        id: "m1.f2",
        name: "Reviews",
        bundles: {
          "m1.f2.a1": "Submit",
          "m1.f2.a2": "Withdraw",
          isv_review: "Vendor's review",
          business_review: "Business review",
          technical_review: "Technical review",
        },
      },
      { id: "m1.f3", name: "Categories", bundles: { "m1.f3.a2": "Create", "m1.f3.a3": "Change", "m1.f3.a4": "Delete" } },
    ],
  },
  {
    id: "m2",
    name: "Key pairs",
    features: [
      {
        id: "m2.f1",
        name: "Key pairs",
        bundles: { "m2.f1.a1": "Create", "m2.f1.a2": "View", "m2.f1.a3": "Delete", "m2.f1.a4": "Attach", "m2.f1.a5": "Detach" },
      },
    ],
  },
  {
    id: "m3",
    name: "Clusters",
    features: [
      {
        id: "m3.f1",
        name: "Clusters",
        bundles: {
          "m3.f1.a1": "Create",
          "m3.f1.a2": "Change",
          "m3.f1.a3": "Delete",
          "m3.f1.a4": "Upgrade",
          "m3.f1.a5": "Roll back",
          "m3.f1.a6": "Resize",
          "m3.f1.a7": "Add and delete nodes",
          "m3.f1.a8": "Change the environment",
          "m3.f1.a9": "View statistics",
          "m3.f1.a10": "Stop",
          "m3.f1.a11": "Start",
          "m3.f1.a12": "Cease",
          "m3.f1.a13": "Recover",
        },
      },
    ],
  },
  {
    id: "m4",
    name: "Accounts",
    features: [
      {
        id: "m4.f1",
        name: "Users",
        bundles: { "m4.f1.a1": "Create", "m4.f1.a2": "Create as a vendor", "m4.f1.a5": "Give and take roles", "m4.f1.a6": "Delete" },
      },
      {
        id: "m4.f2",
        name: "Roles",
        bundles: { "m4.f2.a2": "Delete", "m4.f2.a3": "Create", "m4.f2.a4": "Change", "m4.f2.a5": "Set what they may do" },
      },
      {
        id: "m4.f3",
        name: "Groups",
        bundles: {
          "m4.f3.a1": "Create",
          "m4.f3.a3": "Change",
          "m4.f3.a4": "Delete",
          "m4.f3.a5": "Put users in",
          "m4.f3.a6": "Take users out",
        },
      },
    ],
  },
  {
    id: "m6",
    name: "Runtimes",
    features: [
      {
        id: "m6.f1",
        name: "Runtimes",
        bundles: { "m6.f1.a1": "Create", "m6.f1.a2": "View statistics", "m6.f1.a3": "Change", "m6.f1.a4": "Delete" },
      },
      { id: "m6.f2", name: "Credentials", bundles: { "m6.f2.a1": "Create", "m6.f2.a3": "Change", "m6.f2.a4": "Delete" } },
    ],
  },
  { id: "m8", name: "Tasks", features: [{ id: "m8.f2", name: "Tasks", bundles: { "m8.f2.a2": "Retry" } }] },
];
