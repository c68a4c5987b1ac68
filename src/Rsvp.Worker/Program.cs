using Rsvp.Hosting.Secrets;
using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Backlogs;
using Rsvp.Worker.Operators;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;
using Rsvp.Worker.Scheduling;

var builder = WebApplication.CreateBuilder(args);

if (OperatorCommands.AreIn(args))
{
    builder.Configuration.AddSecretFiles();
    KnownSecrets.Refuse(builder.Configuration, builder.Environment);
    return await OperatorCommands.RunAsync(builder, args);
}

builder.AddServiceDefaults();
builder.AddWorkerPostgres();
builder.AddPartitions();
builder.AddPromotion();
builder.AddOutbox();
builder.AddStandingAudit();
builder.AddScheduledJobs();
builder.AddBacklog();

var app = builder.Build();
app.MapServiceDefaults();
await app.RunAsync();
return 0;
