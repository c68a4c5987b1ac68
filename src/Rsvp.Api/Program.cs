using Rsvp.Api;

await using var app = ApiHost.Create(args);
await app.RunAsync();
