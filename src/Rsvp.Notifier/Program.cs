using Rsvp.Notifier;

await using var app = NotifierHost.Create(args);
await app.RunAsync();
