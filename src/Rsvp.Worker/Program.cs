using Rsvp.Worker.Migrations;

var builder = WebApplication.CreateBuilder(args);

if (args is ["migrate"])
{
    var connectionString = builder.Configuration.GetConnectionString("Migrations")
        ?? throw new InvalidOperationException("ConnectionStrings:Migrations is missing.");
    using var loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
    await Migrator.ApplyAsync(connectionString, TimeProvider.System, loggers.CreateLogger("Rsvp.Worker.Migrations"));
    return;
}

var app = builder.Build();
await app.RunAsync();
