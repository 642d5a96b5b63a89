// Generated from schemas/<aggregate>/<Event>.avsc by `npm run generate`. Do not edit.

/** What consumers should not use any more, and why: by event, and the path of the field; an empty path is the whole event. */
export const deprecated: { readonly [event: string]: { readonly [path: string]: string } } = {
  "client.ClientCreated": {"secretHash":"Empty since hashes are events of clientSecret, which only the platform reads."},
  "package.PackageListed": {"maintainers.email":"Empty since maintainers are named without their e-mail addresses; use their name and url."},
  "user.UserCreated": {"passwordHash":"Empty since hashes are events of password, which only the platform reads.","username":"Empty since what is known of people is sealed: see person.","email":"Empty since what is known of people is sealed: see person; emailDigest tells two apart.","phoneNumber":"Empty since what is known of people is sealed: see person.","description":"Empty since what is known of people is sealed: see person."},
  "user.UserModified": {"username":"Empty since what is known of people is sealed: see person.","email":"Empty since what is known of people is sealed: see person; emailDigest tells two apart.","phoneNumber":"Empty since what is known of people is sealed: see person.","description":"Empty since what is known of people is sealed: see person."},
  "user.UserPasswordChanged": {"passwordHash":"Empty since hashes are events of password, which only the platform reads."},
};
