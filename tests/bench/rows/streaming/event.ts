const filler = "x".repeat(600);

/** An event of about 1 KB. */
export const eventOf = (number: number) => ({
  ...{ specversion: "1.0", id: `cluster/cl-1@${number + 1}`, source: "/pitrix/cluster", type: "pitrix.cluster.ClusterActivated" },
  ...{ subject: "cluster/cl-1", time: "2024-01-01T00:00:00.000Z", dataschema: "http://127.0.0.1/schemas/ids/1" },
  ...{ sequence: String(number + 1).padStart(12, "0"), correlationid: "r-1", actionid: "j-1", datacontenttype: "application/json" },
  data: { clusterId: "cl-1", description: filler },
});
