using Rsvp.Hosting.Secrets;
using Rsvp.Hosting.ServiceDefaults;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Backlogs;
using Rsvp.Worker.Migrations;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;
using Rsvp.Worker.Scheduling;

var builder = WebApplication.CreateBuilder(args);

if (args is ["migrate"])
{
    builder.Configuration.AddSecretFiles();
    KnownSecrets.Refuse(builder.Configuration, builder.Environment);
    await Migrator.RunAsync(builder.Configuration);
    return;
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
