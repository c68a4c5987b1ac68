using System.CommandLine;
using Rsvp.Cli.Instances;
using Rsvp.Worker.Audit;

namespace Rsvp.Cli.Audit;

/// <summary><c>./rsvp audit</c>: what must always be true, checked from the database. Exit status 1 on any violation.</summary>
internal static class AuditCommand
{
    internal static Command Create()
    {
        var settle = new Option<double>("--settle")
        {
            Description = "seconds to let promotions and events that are under way finish first",
            DefaultValueFactory = _ => AuditRunner.SettleAtMost.TotalSeconds,
        };
        var command = new Command("audit", "Check from the database what must always be true.") { settle };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            AuditReport report = await AuditRunner.RunAsync(
                RunFile.Load(RsvpHome.FromEnvironment()), [], TimeSpan.FromSeconds(parsed.GetValue(settle)), cancellationToken);
            Console.WriteLine(report);
            return report.IsClean ? 0 : 1;
        });
        return command;
    }
}
