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
            RunFile run = RunFile.Load(RsvpHome.FromEnvironment());
            AuditReport report = await AuditRunner.RunAsync(run, [], TimeSpan.FromSeconds(parsed.GetValue(settle)), cancellationToken);
            Console.WriteLine(report);
            foreach (OpenViolations open in await AuditRunner.ReadOpenAsync(run, cancellationToken))
            {
                Console.WriteLine($"The running system has known since {open.FoundAt:yyyy-MM-dd HH:mm:ss}Z: {open.Invariant}, {open.Found[0]}");
            }

            return report.IsClean ? 0 : 1;
        });
        return command;
    }
}
